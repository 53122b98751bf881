using System.Text.Json;
using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.MachineLearning;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>The embedded table of MLflow's messages against its protos.</summary>
public sealed partial class MlflowFactsTests
{
    private static readonly JsonElement Table = Embedded();

    [SpecsFact]
    public void HasTheMessagesOfMlflow()
    {
        var messages = Messages();

        foreach (var type in Table.GetProperty("types").EnumerateObject())
        {
            var published = messages[type.Name["mlflow.".Length..]];
            var table = type.Value.EnumerateObject().ToDictionary(f => f.Name, f => Shape(f.Value.GetString()!));
            table.ShouldBe(published, ignoreOrder: true, type.Name);
        }
    }

    [SpecsFact]
    public void HasTheLiteralsOfMlflow()
    {
        var text = Protos();

        foreach (var literals in Table.GetProperty("enums").EnumerateObject())
        {
            var body = Regex.Match(text, $@"^\s*enum {literals.Name["mlflow.".Length..]} \{{(.*?)\}}", Multiline);
            var published = Literal().Matches(body.Groups[1].Value).Select(m => m.Groups["name"].Value);
            literals.Value.EnumerateArray().Select(v => v.GetString()).ShouldBe(published, literals.Name);
        }
    }

    [SpecsFact]
    public void HasOperationsThatMlflowHas()
    {
        using var facts = JsonDocument.Parse(File.ReadAllText(Spec("mlflow-rest-facts.json")));
        var published = facts
            .RootElement.GetProperty("endpoints")
            .EnumerateArray()
            .Select(e => $"{e.GetProperty("method").GetString()} {e.GetProperty("path").GetString()}")
            .ToHashSet();

        Table
            .GetProperty("operations")
            .EnumerateObject()
            .Select(o => o.Name)
            .Where(o => !published.Contains(o))
            .ShouldBeEmpty();
    }

    private const RegexOptions Multiline = RegexOptions.Multiline | RegexOptions.Singleline;

    /// <summary>Fields by name, with what is said of them: whether they come often, their type, whether they must.</summary>
    private static Dictionary<string, Dictionary<string, (bool, string, bool)>> Messages()
    {
        var messages = new Dictionary<string, Dictionary<string, (bool, string, bool)>>();
        var open = new Stack<(string Kind, string Name)>();
        foreach (Match token in Token().Matches(Protos()))
            if (token.Groups["kind"].Success)
                Open(token.Groups["kind"].Value, token.Groups["open"].Value);
            else if (token.Groups["close"].Success)
                open.Pop();
            else if (token.Groups["brace"].Success)
                open.Push(("", ""));
            else if (token.Groups["field"].Success && Current() is { } name)
                messages[name][token.Groups["field"].Value] = (
                    token.Groups["label"].Value == "repeated",
                    Plain(token.Groups["type"].Value),
                    token.Groups["options"].Value.Contains("validate_required", StringComparison.Ordinal)
                );
        return messages;

        void Open(string kind, string name)
        {
            open.Push((kind, name));
            if (kind == "message" && Current() is { } full)
                messages.TryAdd(full, []);
        }

        string? Current() =>
            open.Count > 0 && open.All(o => o.Kind is "message" or "oneof")
                ? string.Join('.', open.Reverse().Where(o => o.Kind == "message").Select(o => o.Name))
                : null;
    }

    private static string Plain(string type) =>
        type switch
        {
            "int32" => "int",
            "double" => "float64",
            _ => type.Split('.')[^1],
        };

    private static (bool, string, bool) Shape(string notation)
    {
        var bare = notation.TrimStart('?').TrimEnd('!');
        var repeated = bare.StartsWith("[]", StringComparison.Ordinal);
        return (repeated, (repeated ? bare[2..] : bare).Split('.')[^1], notation.EndsWith('!'));
    }

    private static string Protos() =>
        Comment()
            .Replace(
                File.ReadAllText(Spec("protos/model_registry.proto")) + File.ReadAllText(Spec("protos/service.proto")),
                ""
            );

    private static string Spec(string path) => Path.Join(SpecsFactAttribute.Directory, "mlflow", path);

    private static JsonElement Embedded()
    {
        using var stream = typeof(AmlSimulator).Assembly.GetManifestResourceStream("MlflowFacts.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }

    [GeneratedRegex(@"//[^\n]*", RegexOptions.None, 10_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<name>[A-Z_]+)\s*=\s*\d+", RegexOptions.None, 10_000)]
    private static partial Regex Literal();

    [GeneratedRegex(
        """
            \b(?<kind>message|enum|oneof|service|extend)\s+(?<open>[\w.]+)\s*\{
            | (?:\b(?<label>optional|repeated)\s+)?(?<type>[A-Za-z_][\w.]*)\s+(?<field>[a-z]\w*)\s*=\s*\d+\s*(?<options>\[[^\]]*\])?\s*;
            | "(?:[^"\\]|\\.)*"
            | (?<brace>\{)
            | (?<close>\})
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Token();
}
