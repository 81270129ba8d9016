using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>The whole answer of one statement, copied out of SQLite.</summary>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The values, row by row: long, double, string, byte[] or DBNull.</param>
/// <param name="RecordsAffected">Rows inserted, updated or deleted; -1 for a SELECT.</param>
internal sealed record QueryResult(string[] Columns, List<object[]> Rows, int RecordsAffected)
{
    public static QueryResult From(SqliteDataReader reader)
    {
        string[] columns = new string[reader.FieldCount];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = reader.GetName(i);
        }

        List<object[]> rows = [];
        while (reader.Read())
        {
            object[] row = new object[columns.Length];
            reader.GetValues(row);
            rows.Add(row);
        }

        return new QueryResult(columns, rows, reader.RecordsAffected);
    }
}
