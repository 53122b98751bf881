using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Testing.Node;

namespace Bascule.Server.Tests.Json;

/// <summary>Our canonical JSON beside that of the package <c>canonicalize</c>.</summary>
public sealed class CanonicalJsonPeerTests
{
    [NodeFact]
    [Trait("Threat", "T119")]
    public void WritesWhatAnImplementationByOthersWrites()
    {
        var random = new Random(8785);
        var texts = Enumerable.Range(0, 3_000).Select(_ => AValue(random, 4)).ToList();

        var theirs = NodeOracle.Ask<List<string>>("canonical.mjs", texts);

        theirs.Count.ShouldBe(texts.Count);
        foreach (var (text, expected) in texts.Zip(theirs))
            CanonicalJson.ToText(JsonNode.Parse(text)).ShouldBe(expected, text);
    }

    private static string AValue(Random random, int depth) =>
        random.Next(depth == 0 ? 4 : 6) switch
        {
            0 => AText(random),
            1 => ANumber(random),
            2 => random.Next(-1_000, 1_000).ToString(CultureInfo.InvariantCulture),
            3 => random.Next(3) switch
            {
                0 => "null",
                1 => "true",
                _ => "false",
            },
            4 => $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => AValue(random, depth - 1)))}]",
            _ => AnObject(random, depth),
        };

    private static string AnObject(Random random, int depth) =>
        "{"
        + string.Join(
            ", ",
            Enumerable
                .Range(0, random.Next(6))
                .Select(_ => AText(random))
                .DistinctBy(key => JsonNode.Parse(key)!.GetValue<string>())
                .Select(key => $"{key}: {AValue(random, depth - 1)}")
        )
        + "}";

    /// <summary>Any bits that are a finite number; written with an exponent, so that no reader takes it for an integer.</summary>
    private static string ANumber(Random random)
    {
        var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return double.IsFinite(value) ? value.ToString("E16", CultureInfo.InvariantCulture) : "0";
    }

    /// <summary>Characters of every kind, half of them escaped.</summary>
    private static string AText(Random random)
    {
        string[] characters =
        [
            "a",
            "Z",
            "\u0001",
            "\n",
            "\u007f",
            "\u00e9",
            "\u2028",
            "\ufb33",
            "\U0001F600",
            "/",
            "\"",
            "\\",
            "<",
        ];
        var text = new StringBuilder("\"");
        foreach (
            var character in Enumerable.Range(0, random.Next(5)).Select(_ => characters[random.Next(characters.Length)])
        )
            if (random.Next(2) == 0 || character[0] < ' ' || character is "\"" or "\\")
                foreach (var unit in character)
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else
                text.Append(character);
        return text.Append('"').ToString();
    }
}
