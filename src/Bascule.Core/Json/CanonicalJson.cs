using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Core.Json;

/// <summary>
/// Writes JSON in the one form that has one digest: RFC 8785 (keys by UTF-16 code units, no whitespace, numbers as ECMAScript prints them).
/// A value that has no such form is a bug of the caller, who keeps large integers and foreign text out: <see cref="FormatException"/>.
/// </summary>
public static class CanonicalJson
{
    private const long MaxInteger = 1L << 53;

    /// <summary>The canonical bytes: what is hashed, signed and stored.</summary>
    public static byte[] Serialize(JsonNode? node) => Encoding.UTF8.GetBytes(ToText(node));

    public static string ToText(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject map:
                WriteObject(map, text);
                break;
            case JsonArray list:
                WriteArray(list, text);
                break;
            case JsonValue value:
                WriteValue(value, text);
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteObject(JsonObject map, StringBuilder text)
    {
        var separator = '{';
        foreach (var (key, value) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            text.Append(separator);
            separator = ',';
            WriteString(key, text);
            text.Append(':');
            Write(value, text);
        }
        text.Append(map.Count == 0 ? "{}" : "}");
    }

    private static void WriteArray(JsonArray list, StringBuilder text)
    {
        var separator = '[';
        foreach (var item in list)
        {
            text.Append(separator);
            separator = ',';
            Write(item, text);
        }
        text.Append(list.Count == 0 ? "[]" : "]");
    }

    private static void WriteValue(JsonValue value, StringBuilder text)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(StringOf(value), text);
                break;
            case JsonValueKind.Number:
                text.Append(NumberOf(value));
                break;
            default:
                text.Append(value.ToJsonString());
                break;
        }
    }

    private static string StringOf(JsonValue value)
    {
        try
        {
            return value.TryGetValue<string>(out var text) ? text : JsonSerializer.Deserialize<string>(value)!;
        }
        catch (InvalidOperationException problem)
        {
            throw new FormatException("a string with a lone surrogate has no canonical form", problem);
        }
    }

    /// <summary>
    /// A floating point value is printed as it is. An integer that a double cannot hold would silently become another one, so it is refused:
    /// such integers travel as strings.
    /// </summary>
    private static string NumberOf(JsonValue value)
    {
        if (value.GetValue<object>() is double number)
            return EcmaScriptNumber.Format(number);

        var written = value.ToJsonString();
        var canonical = EcmaScriptNumber.Format(double.Parse(written, CultureInfo.InvariantCulture));
        var isInteger = written.AsSpan().IndexOfAny(".eE") < 0;
        return !isInteger || IsExact(written) || canonical == written
            ? canonical
            : throw new FormatException($"the integer {written} is beyond 2^53; write it as a string");
    }

    private static bool IsExact(string integer) =>
        long.TryParse(integer, CultureInfo.InvariantCulture, out var value)
        && value is >= -MaxInteger and <= MaxInteger;

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]))
            {
                if (!char.IsSurrogatePair(value, i))
                    throw new FormatException("a string with a lone surrogate has no canonical form");
                text.Append(value[i++]).Append(value[i]);
            }
            else
                WriteCharacter(value[i], text);
        }
        text.Append('"');
    }

    private static void WriteCharacter(char character, StringBuilder text) =>
        _ = character switch
        {
            '"' => text.Append("\\\""),
            '\\' => text.Append("\\\\"),
            '\b' => text.Append("\\b"),
            '\t' => text.Append("\\t"),
            '\n' => text.Append("\\n"),
            '\f' => text.Append("\\f"),
            '\r' => text.Append("\\r"),
            < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            _ => text.Append(character),
        };
}
