using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Core.Drift;

/// <summary>Differences as canonical JSON (RFC 8785): stored so, and the same ones have the same text.</summary>
public static class DifferenceJson
{
    private const int MostFields = 20;
    private const int LongestText = 300;

    /// <summary>Names come from the platform: each is cut to a line, and of many fields the first ones stay.</summary>
    public static JsonArray Of(IEnumerable<Difference> differences) => new([.. differences.Select(Json)]);

    public static string ToText(IEnumerable<Difference> differences) => CanonicalJson.ToText(Of(differences));

    /// <summary>What <see cref="ToText"/> wrote.</summary>
    public static IReadOnlyList<Difference> Read(string text) =>
        [
            .. JsonNode
                .Parse(text)!
                .AsArray()
                .Select(one => new Difference(
                    (string)one!["what"]!,
                    Enum.Parse<DifferenceKind>((string)one["how"]!, ignoreCase: true),
                    [.. one["fields"]!.AsArray().Select(field => (string)field!)]
                )),
        ];

    private static JsonNode Json(Difference difference) =>
        new JsonObject
        {
            ["fields"] = new JsonArray([
                .. difference.Fields.Take(MostFields).Select(field => JsonValue.Create(Line(field))),
            ]),
            ["how"] = difference.How.ToString().ToLowerInvariant(),
            ["what"] = Line(difference.What),
        };

    private static string Line(string text) => PlainText.Line(text, LongestText);
}
