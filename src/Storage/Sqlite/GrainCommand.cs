using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>One statement for <see cref="GrainDataSource"/>. It can be cancelled until it begins.</summary>
internal sealed class GrainCommand(GrainConnection connection, GrainDataSource source) : DbCommand
{
    private readonly SqliteCommand _parameters = new();
    private string _text = "";

    [AllowNull]
    public override string CommandText
    {
        get => _text;
        set => _text = value ?? "";
    }

    public override int CommandTimeout { get; set; } = Session.BusyMilliseconds / 1000;
    public override CommandType CommandType { get; set; } = CommandType.Text;
    public override bool DesignTimeVisible { get; set; }
    public override UpdateRowSource UpdatedRowSource { get; set; }
    protected override DbConnection? DbConnection { get; set; } = connection;
    protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;
    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
        // A statement that began runs to its end, as ADO.NET allows. One that waits is cancelled by its token.
    }

    public override void Prepare()
    {
        // The sessions prepare the statements and keep them.
    }

    public override int ExecuteNonQuery() => ExecuteNonQueryAsync(CancellationToken.None).GetAwaiter().GetResult();
    public override object? ExecuteScalar() => ExecuteScalarAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
        (await source.RunAsync(this, cancellationToken).ConfigureAwait(false)).RecordsAffected;

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        QueryResult result = await source.RunAsync(this, cancellationToken).ConfigureAwait(false);
        return result.Rows.Count > 0 && result.Columns.Length > 0 ? result.Rows[0][0] : null;
    }

    protected override DbParameter CreateDbParameter() => new SqliteParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
        ExecuteDbDataReaderAsync(behavior, CancellationToken.None).GetAwaiter().GetResult();

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        new QueryResultReader(await source.RunAsync(this, cancellationToken).ConfigureAwait(false));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _parameters.Dispose();
        }

        base.Dispose(disposing);
    }
}
