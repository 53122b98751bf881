using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Bascule.Simulators.Azure.ApiManagement.Import;

/// <summary>A YAML document as JSON, by the core schema of YAML 1.2, without anchors.</summary>
internal static class YamlTree
{
    private const int Deepest = 100;

    /// <exception cref="JsonException">The text is no YAML, or has what is not taken.</exception>
    public static JsonNode? Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var root = Node(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? root : throw new JsonException("more than one document");
        }
        catch (YamlException error)
        {
            throw new JsonException($"no YAML: {error.Message}", error);
        }
    }

    private static JsonNode? Node(Parser parser, int depth)
    {
        if (depth > Deepest || parser.Accept<AnchorAlias>(out _))
            throw new JsonException("too deep, or with an alias");
        if (parser.TryConsume<Scalar>(out var scalar))
            return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(Node(parser, depth + 1));
            return list;
        }
        parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>().Value;
            if (!map.TryAdd(name, Node(parser, depth + 1)))
                throw new JsonException($"'{name}' is there twice");
        }
        return map;
    }

    private static JsonNode? Plain(string text) =>
        text switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
}
