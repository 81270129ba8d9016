using System.Data;
using System.Data.Common;
using FaceGrid.Storage;

namespace FaceGrid.Tests.Support.Storage;

/// <summary>Drives the stored statements with the parameters and the calls of the Orleans ADO.NET provider.</summary>
public sealed class GrainQueries(DbDataSource source)
{
    private Dictionary<string, string>? texts;

    public static async Task<GrainQueries> OpenAsync(IGridDatabase database)
    {
        var queries = new GrainQueries(database.DataSource);
        await queries.LoadAsync();
        return queries;
    }

    /// <summary>The new version, or null on a conflict of versions.</summary>
    public Task<int?> WriteAsync(string state, string key, int? version, byte[] payload) => VersionAsync("WriteToStorageKey", state, key, version, payload);

    public Task<int?> ClearAsync(string state, string key, int? version) => VersionAsync("ClearStorageKey", state, key, version, null);

    public Task<int?> DeleteAsync(string state, string key, int? version) => VersionAsync("DeleteStorageKey", state, key, version, null);

    public async Task<(byte[]? Payload, int Version)?> ReadAsync(string state, string? key, long n0 = 0, long n1 = 0)
    {
        (byte[]?, int)? row = null;
        await RunAsync("ReadFromStorageKey", c => AddIdentity(c, state, key, n0, n1), r =>
            row = (r.IsDBNull(r.GetOrdinal("PayloadBinary")) ? null : (byte[])r.GetValue(r.GetOrdinal("PayloadBinary")), r.GetInt32(r.GetOrdinal("Version"))));
        return row;
    }

    public async Task<int?> WriteNumberAsync(string state, long n0, long n1, string? extension, byte[] payload)
    {
        int? answer = null;
        await RunAsync("WriteToStorageKey", c =>
        {
            AddIdentity(c, state, extension, n0, n1);
            Add(c, "GrainStateVersion", DbType.Int32, null);
            Add(c, "PayloadBinary", DbType.Binary, payload);
        }, r => answer = r.GetInt32(r.GetOrdinal("NewGrainStateVersion")));
        return answer;
    }

    private async Task<int?> VersionAsync(string query, string state, string key, int? version, byte[]? payload)
    {
        int? answer = null;
        await RunAsync(query, c =>
        {
            AddIdentity(c, state, key, 0, 0);
            Add(c, "GrainStateVersion", DbType.Int32, version);
            if (query == "WriteToStorageKey")
            {
                Add(c, "PayloadBinary", DbType.Binary, payload);
            }
        }, r => answer = r.GetInt32(r.GetOrdinal("NewGrainStateVersion")));
        return answer;
    }

    private async Task LoadAsync()
    {
        texts = [];
        await ExecuteAsync("SELECT QueryKey, QueryText FROM OrleansQuery", _ => { }, r => texts.Add(r.GetString(0), r.GetString(1)));
    }

    private Task RunAsync(string query, Action<DbCommand> parameters, Action<IDataRecord> row) => ExecuteAsync(texts![query], parameters, row);

    private async Task ExecuteAsync(string text, Action<DbCommand> parameters, Action<IDataRecord> row)
    {
        using DbConnection connection = await source.OpenConnectionAsync().ConfigureAwait(false);
        using DbCommand command = connection.CreateCommand();
        parameters(command);
        command.CommandText = text;
        using DbDataReader reader = await command.ExecuteReaderAsync(CommandBehavior.Default, CancellationToken.None).ConfigureAwait(false);
        do
        {
            while (await reader.ReadAsync().ConfigureAwait(false))
            {
                row(reader);
            }
        }
        while (await reader.NextResultAsync().ConfigureAwait(false));
    }

    private static void AddIdentity(DbCommand command, string state, string? key, long n0, long n1)
    {
        Add(command, "GrainIdHash", DbType.Int32, 12345);
        Add(command, "GrainIdN0", DbType.Int64, n0);
        Add(command, "GrainIdN1", DbType.Int64, n1);
        Add(command, "GrainTypeHash", DbType.Int32, -99);
        Add(command, "GrainTypeString", DbType.String, state);
        Add(command, "GrainIdExtensionString", DbType.String, key);
        Add(command, "ServiceId", DbType.String, "facegrid");
    }

    private static void Add(DbCommand command, string name, DbType type, object? value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Direction = ParameterDirection.Input;
        parameter.DbType = type;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }
}
