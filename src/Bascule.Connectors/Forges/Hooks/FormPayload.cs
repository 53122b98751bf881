using Bascule.Core;

namespace Bascule.Connectors.Forges.Hooks;

/// <summary>
/// Reads <c>payload=…</c> as forges send it (recorded: one field, everything but unreserved characters escaped). Anything another reader could see
/// differently, such as a second field, is refused (THREATS T05).
/// </summary>
internal static class FormPayload
{
    public static Result<ReadOnlyMemory<byte>> Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("payload="u8))
            return Problem.Invalid("the form does not begin with the field 'payload'");
        var field = body["payload="u8.Length..];
        var json = new byte[field.Length];
        var length = 0;
        for (var index = 0; index < field.Length; index++)
        {
            if (Decode(field, ref index) is not { } value)
                return Problem.Invalid("the form has more than the field 'payload', or the field is not form-encoded");
            json[length++] = value;
        }
        return Result.Of<ReadOnlyMemory<byte>>(json.AsMemory(0, length));
    }

    /// <summary>One byte of the value, moving past an escape; null when no form encoder would have written this.</summary>
    private static byte? Decode(ReadOnlySpan<byte> field, ref int index)
    {
        var read = field[index];
        if (read == '+')
            return (byte)' ';
        if (read != '%')
            return char.IsAsciiLetterOrDigit((char)read) || "-_.~*"u8.Contains(read) ? read : null;
        if (index + 2 >= field.Length || !char.IsAsciiHexDigit((char)field[index + 1]))
            return null;
        if (!char.IsAsciiHexDigit((char)field[index + 2]))
            return null;
        index += 2;
        return (byte)((Nibble(field[index - 1]) << 4) | Nibble(field[index]));
    }

    private static int Nibble(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
