using System.Collections;
using System.Data.Common;
using System.Globalization;

namespace FaceGrid.Storage.Sqlite;

/// <summary>A <see cref="DbDataReader"/> over an answer that is already in memory.</summary>
internal sealed class QueryResultReader(QueryResult result) : DbDataReader
{
    private int _row = -1;
    private bool _closed;

    public override int Depth => 0;
    public override int FieldCount => result.Columns.Length;
    public override bool HasRows => result.Rows.Count > 0;
    public override bool IsClosed => _closed;
    public override int RecordsAffected => result.RecordsAffected;
    public override object this[int ordinal] => GetValue(ordinal);
    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read() => ++_row < result.Rows.Count;
    public override bool NextResult() => false;
    public override void Close() => _closed = true;

    public override string GetName(int ordinal) => result.Columns[ordinal];

    public override int GetOrdinal(string name)
    {
        int ordinal = Array.FindIndex(result.Columns, c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase));
        return ordinal >= 0 ? ordinal : throw new ArgumentOutOfRangeException(nameof(name), name, "The answer has no such column.");
    }

    public override object GetValue(int ordinal) => result.Rows[_row][ordinal];

    public override int GetValues(object[] values)
    {
        int count = Math.Min(values.Length, FieldCount);
        Array.Copy(result.Rows[_row], values, count);
        return count;
    }

    public override bool IsDBNull(int ordinal) => GetValue(ordinal) is DBNull;
    public override Type GetFieldType(int ordinal) =>
        result.Rows.Count == 0 ? typeof(object) : result.Rows[Math.Clamp(_row, 0, result.Rows.Count - 1)][ordinal].GetType();
    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;
    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    public override T GetFieldValue<T>(int ordinal) =>
        GetValue(ordinal) is T value ? value : (T)Convert.ChangeType(GetValue(ordinal), typeof(T), CultureInfo.InvariantCulture);
    public override string GetString(int ordinal) => (string)GetValue(ordinal);
    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;
    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));
    public override char GetChar(int ordinal) => checked((char)GetInt64(ordinal));
    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));
    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));
    public override long GetInt64(int ordinal) => (long)GetValue(ordinal);
    public override double GetDouble(int ordinal) => Convert.ToDouble(GetValue(ordinal), CultureInfo.InvariantCulture);
    public override float GetFloat(int ordinal) => (float)GetDouble(ordinal);
    public override decimal GetDecimal(int ordinal) => Convert.ToDecimal(GetValue(ordinal), CultureInfo.InvariantCulture);
    public override DateTime GetDateTime(int ordinal) =>
        DateTime.Parse(GetString(ordinal), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    public override Guid GetGuid(int ordinal) => Guid.Parse(GetString(ordinal));

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        CopyOut((byte[])GetValue(ordinal), dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        CopyOut(GetString(ordinal).ToCharArray(), dataOffset, buffer, bufferOffset, length);

    private static long CopyOut(Array source, long dataOffset, Array? buffer, int bufferOffset, int length)
    {
        if (buffer is null)
        {
            return source.Length;
        }

        int count = (int)Math.Clamp(source.Length - dataOffset, 0, length);
        Array.Copy(source, dataOffset, buffer, bufferOffset, count);
        return count;
    }
}
