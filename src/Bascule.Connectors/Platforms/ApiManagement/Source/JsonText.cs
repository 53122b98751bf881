using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>Reads JSON of a repository: one meaning only, and nothing that a plan could not write down exactly.</summary>
internal static class JsonText
{
    private const long LargestInteger = 1L << 53;

    /// <summary>Invalid: says what is wrong, without quoting.</summary>
    public static Result<JsonNode?> Read(ReadOnlyMemory<byte> utf8, int depth)
    {
        var parsed = StrictJson.Parse(utf8, depth);
        if (parsed.Failed(out var problem))
            return problem;
        if (FindImprecise(parsed.Value))
            return Problem.Invalid(
                "holds a whole number beyond 2^53, which not every reader keeps; write it as a text"
            );
        return Result.Of(JsonNode.Parse(utf8.Span));
    }

    private static bool FindImprecise(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => IsImprecise(value.GetRawText()),
            JsonValueKind.Array => value.EnumerateArray().Any(FindImprecise),
            JsonValueKind.Object => value.EnumerateObject().Any(member => FindImprecise(member.Value)),
            _ => false,
        };

    private static bool IsImprecise(string number) =>
        !number.AsSpan().ContainsAny('.', 'e', 'E')
        && !(
            long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            && whole is >= -LargestInteger and <= LargestInteger
        );
}
