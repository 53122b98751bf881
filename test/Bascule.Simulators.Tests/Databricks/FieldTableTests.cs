using System.Text.Json;
using System.Text.RegularExpressions;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.Databricks;

/// <summary>The embedded table against the facts that were read from Databricks' client and MLflow's protos.</summary>
public sealed class FieldTableTests
{
    private static readonly JsonElement Table = Embedded();

    [SpecsFact]
    public void HasTheFieldsTypesAndNeedsOfThePublishedClient()
    {
        var services = Facts("databricks/databricks-api-facts.json").GetProperty("services");

        foreach (var type in Table.GetProperty("types").EnumerateObject().Where(t => IsOfClient(t.Name)))
        {
            var (service, name) = (type.Name.Split('.')[0], type.Name.Split('.')[1]);
            var expected = services.GetProperty(service).GetProperty("types").GetProperty(name).EnumerateObject();
            var fields = expected
                .Where(f => In(f.Value) != "path")
                .ToDictionary(f => f.Name, f => Notation(service, f.Value));
            var actual = type.Value.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()!);
            actual.Keys.ShouldBe(fields.Keys, ignoreOrder: true, type.Name);
            foreach (var (field, notation) in fields)
                Same(actual[field], notation)
                    .ShouldBeTrue($"{type.Name}.{field}: {actual[field]}, published {notation}");
        }
    }

    [SpecsFact]
    public void HasTheLiteralsOfThePublishedClient()
    {
        var services = Facts("databricks/databricks-api-facts.json").GetProperty("services");

        foreach (var literals in Table.GetProperty("enums").EnumerateObject().Where(t => IsOfClient(t.Name)))
        {
            var (service, name) = (literals.Name.Split('.')[0], literals.Name.Split('.')[1]);
            var expected = services.GetProperty(service).GetProperty("enums").GetProperty(name);
            Texts(literals.Value).ShouldBe(Texts(expected), ignoreOrder: true, literals.Name);
        }
    }

    [SpecsFact]
    public void HasTheOperationsOfThePublishedClient()
    {
        var services = Facts("databricks/databricks-api-facts.json").GetProperty("services");
        var published = services
            .EnumerateObject()
            .SelectMany(s => s.Value.GetProperty("operations").EnumerateArray())
            .Select(o => $"{o.GetProperty("method").GetString()} {o.GetProperty("path").GetString()}")
            .ToHashSet();

        var served = Table.GetProperty("operations").EnumerateObject().Select(o => o.Name);

        served.Where(o => !o.Contains("/mlflow/unity-catalog/") && !published.Contains(o)).ShouldBeEmpty();
    }

    [SpecsFact]
    public void HasTheMessagesOfUnityCatalogsRegistry()
    {
        var text = File.ReadAllText(Spec("mlflow/protos/databricks_uc_registry_messages.proto"));
        var messages = Regex.Replace(text, "//[^\n]*", "");

        foreach (
            var type in Table
                .GetProperty("types")
                .EnumerateObject()
                .Where(t => t.Name.StartsWith("uc.", StringComparison.Ordinal))
        )
        {
            var body = Regex.Match(
                messages,
                $@"^message {type.Name[3..]} \{{(?:\}}|(.*?)^\}})",
                RegexOptions.Multiline | RegexOptions.Singleline
            );
            body.Success.ShouldBeTrue(type.Name);
            var fields = Regex.Matches(
                body.Groups[1].Value,
                @"(optional|repeated) [\w.]+ (\w+) = \d+(\s*\[[^;]*validate_required[^;]*)?"
            );
            var expected = fields.ToDictionary(
                f => f.Groups[2].Value,
                f => (f.Groups[1].Value == "repeated", f.Groups[3].Success)
            );
            var actual = type.Value.EnumerateObject().ToDictionary(f => f.Name, f => Shape(f.Value.GetString()!));
            actual.ShouldBe(expected, ignoreOrder: true, type.Name);
        }
    }

    private static (bool Repeated, bool Required) Shape(string notation) =>
        (notation.TrimStart('?').StartsWith("[]", StringComparison.Ordinal), notation.EndsWith('!'));

    private static bool IsOfClient(string name) =>
        !name.StartsWith("uc.", StringComparison.Ordinal) && !name.StartsWith("compute.", StringComparison.Ordinal);

    private static string? In(JsonElement field) =>
        field.TryGetProperty("in", out var place) ? place.GetString() : null;

    private static string Notation(string service, JsonElement field)
    {
        var type = field.GetProperty("type").GetString()!.Replace("*", "");
        var name = Regex.Match(type, @"^(\[\]|map\[string\])?(.*)$");
        var full = char.IsUpper(name.Groups[2].Value[0]) ? $"{service}.{name.Groups[2].Value}" : name.Groups[2].Value;
        var required = field.TryGetProperty("required", out var flag) && flag.GetBoolean() ? "!" : "";
        return (In(field) == "query" ? "?" : "") + name.Groups[1].Value + full + required;
    }

    // Two types of other services are not looked into.
    private static bool Same(string actual, string published) =>
        actual == published || (actual == "any" && published is "compute.HardwareAcceleratorType" or "io.ReadCloser");

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(t => t.GetString());

    private static string Spec(string path) => Path.Join(SpecsFactAttribute.Directory, path);

    private static JsonElement Facts(string path) => JsonDocument.Parse(File.ReadAllText(Spec(path))).RootElement;

    private static JsonElement Embedded()
    {
        using var stream = typeof(DatabricksSimulator).Assembly.GetManifestResourceStream("DatabricksFacts.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
