using System.Text.Json;

namespace Bascule.Storage.Snapshots;

/// <summary>Single values of a row of a snapshot, for who reads it without its database.</summary>
internal static class RowCells
{
    /// <exception cref="FormatException">The row has no bytes there.</exception>
    public static byte[] Bytes(ReadOnlySpan<byte> row, int column) =>
        Read(row, column, static (ref Utf8JsonReader json) => json.GetBytesFromBase64());

    /// <exception cref="FormatException">The row has no integer there.</exception>
    public static long Number(ReadOnlySpan<byte> row, int column) =>
        Read(row, column, static (ref Utf8JsonReader json) => json.GetInt64());

    /// <exception cref="FormatException">The row has no text there.</exception>
    public static string Text(ReadOnlySpan<byte> row, int column) =>
        Read(row, column, static (ref Utf8JsonReader json) => json.GetString()!);

    private delegate T Taking<T>(ref Utf8JsonReader json);

    private static T Read<T>(ReadOnlySpan<byte> row, int column, Taking<T> take)
    {
        try
        {
            var json = new Utf8JsonReader(row);
            for (var token = -1; token <= column; token++)
                if (!json.Read())
                    throw new FormatException("a row is too short");
            return take(ref json);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new FormatException("a row is not readable", wrong);
        }
    }
}
