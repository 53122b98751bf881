using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;

namespace Bascule.Storage.Snapshots;

/// <summary>
/// A row as a line of a snapshot: an array of null, numbers and strings. Bytes travel as Base64, truth values as 0 and 1, numbers that JSON does not have as
/// words; the column says which it is. The same row gives the same bytes, whatever database it comes from.
/// </summary>
internal static class RowText
{
    public static void Write(DbDataReader row, ArrayBufferWriter<byte> line)
    {
        using var json = new Utf8JsonWriter(line);
        json.WriteStartArray();
        for (var column = 0; column < row.FieldCount; column++)
            Write(json, row.GetValue(column));
        json.WriteEndArray();
        json.Flush();
        line.Write("\n"u8);
    }

    /// <exception cref="FormatException">It is not a row of these columns.</exception>
    public static object[] Read(ReadOnlySpan<byte> line, IReadOnlyList<ColumnSchema> columns)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            var values = new object[columns.Count];
            Take(ref json, JsonTokenType.StartArray);
            for (var column = 0; column < values.Length; column++)
            {
                json.Read();
                values[column] = Read(ref json, columns[column].Kind);
            }
            Take(ref json, JsonTokenType.EndArray);
            return values;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new FormatException("a row is not readable", wrong);
        }
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case DBNull:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                break;
            case bool truth:
                json.WriteNumberValue(truth ? 1 : 0);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static object Read(ref Utf8JsonReader json, ColumnKind kind)
    {
        if (json.TokenType == JsonTokenType.Null)
            return DBNull.Value;
        return kind switch
        {
            ColumnKind.Integer => json.GetInt64(),
            ColumnKind.Boolean => json.GetInt64() != 0,
            ColumnKind.Real when json.TokenType == JsonTokenType.String => double.Parse(
                json.GetString()!,
                CultureInfo.InvariantCulture
            ),
            ColumnKind.Real => json.GetDouble(),
            ColumnKind.Blob => json.GetBytesFromBase64(),
            _ => json.GetString()!,
        };
    }

    private static void Take(ref Utf8JsonReader json, JsonTokenType expected)
    {
        if (!json.Read() || json.TokenType != expected)
            throw new JsonException();
    }
}
