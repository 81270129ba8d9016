using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace FaceGrid.Storage.Sqlite;

/// <summary>A connection of <see cref="GrainDataSource"/>. It holds no resources, so opening and closing cost nothing.</summary>
internal sealed class GrainConnection(string connectionString, GrainDataSource source) : DbConnection
{
    private ConnectionState _state;

    [AllowNull]
    public override string ConnectionString
    {
        get => connectionString;
        set => throw new NotSupportedException("The data source decides where to connect.");
    }

    public override string Database => "main";
    public override string DataSource => connectionString;
    public override string ServerVersion => "3";
    public override ConnectionState State => _state;

    public override void Open() => _state = ConnectionState.Open;
    public override void Close() => _state = ConnectionState.Closed;
    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("There is one database.");

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        throw new NotSupportedException("Each command is committed by itself, together with others that wait at the same time.");

    protected override DbCommand CreateDbCommand() => new GrainCommand(this, source);
}
