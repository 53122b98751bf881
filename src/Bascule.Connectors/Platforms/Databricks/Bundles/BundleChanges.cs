using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>What a deployment does to one resource.</summary>
/// <param name="Key">E.g. <c>jobs.train_job</c>.</param>
/// <param name="Action">The CLI's word: <c>create</c>, <c>update</c>, <c>delete</c>, <c>recreate</c>, <c>skip</c>, …</param>
/// <param name="Wanted">Digest of what it is to be; null when it is to be gone.</param>
/// <param name="Fields">The fields that change, each with a digest of what it is and what it becomes.</param>
internal sealed record BundleChange(
    string Key,
    string Action,
    string? Wanted,
    IReadOnlyDictionary<string, string> Fields
)
{
    public const string None = "skip";

    public bool IsDestructive => Action is "delete" or "recreate";

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        var sign = Action switch
        {
            "create" => "+",
            "delete" => "-",
            "recreate" => "-/+",
            _ => "~",
        };
        var fields = Fields.Count == 0 ? "" : $": {string.Join(", ", Fields.Keys)}";
        return StatusProblem.Clean($"{sign} {Key}{fields}");
    }
}

/// <summary>
/// The plan of the CLI (<c>bundle plan --output json</c>, version 2) as what is approved: every resource with what it is to be, and what is done to it. The
/// versions of the CLI and of its state are left out, so that an approval lasts as long as what is done stays the same.
/// </summary>
/// <param name="All">Sorted by key; those that stay as they are among them.</param>
internal sealed record BundleChanges(IReadOnlyList<BundleChange> All)
{
    /// <summary>The form of plans that is understood (databricks/cli, deployplan).</summary>
    private const int Version = 2;

    private const string Prefix = "resources.";
    private const string Permissions = ".permissions";

    public IEnumerable<BundleChange> Real => All.Where(change => change.Action != BundleChange.None);

    /// <param name="treeFolder">Where the bundle lies on the host: another folder each time, and not a part of what is approved.</param>
    /// <param name="principals">
    /// Who plans and who deploys. The CLI adds to every list of permissions whoever calls it, which says nothing about the commit.
    /// </param>
    public static Result<BundleChanges> Read(
        ReadOnlyMemory<byte> answer,
        string treeFolder,
        IReadOnlyCollection<string> principals
    )
    {
        var read = JsonReading.Read(answer, DatabricksJson.Default.JsonElement);
        if (
            read.Problem is not null
            || read.Value.ValueKind != JsonValueKind.Object
            || !read.Value.TryGetProperty("plan_version", out var version)
            || !version.TryGetInt32(out var number)
            || number != Version
        )
            return Problem.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the Databricks CLI does not answer `bundle plan` with a plan of version {Version}; use a version of it that does"
                )
            );
        if (!read.Value.TryGetProperty("plan", out var plan) || plan.ValueKind != JsonValueKind.Object)
            return new BundleChanges([]);
        var changes = new List<BundleChange>();
        foreach (var entry in plan.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object)
                return Problem.Invalid("the Databricks CLI answers `bundle plan` with a resource that is no map");
            changes.Add(
                entry.Name.EndsWith(Permissions, StringComparison.Ordinal)
                    ? PermissionChange(entry.Name, entry.Value, principals)
                    : Change(entry.Name, entry.Value, treeFolder)
            );
        }
        return new BundleChanges([.. changes.OrderBy(change => change.Key, StringComparer.Ordinal)]);
    }

    /// <summary>As <see cref="Json"/> wrote it in a stored plan; null when there is none in it.</summary>
    public static BundleChanges? Stored(JsonNode? json)
    {
        try
        {
            return json is JsonArray list
                ? new BundleChanges([.. list.Select(item => Stored(item!.AsObject()))])
                : null;
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or NullReferenceException)
        {
            return null;
        }
    }

    public JsonArray Json() =>
        [
            .. All.Select(change =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["action"] = change.Action,
                        ["fields"] = new JsonObject(
                            change.Fields.Select(field =>
                                KeyValuePair.Create<string, JsonNode?>(field.Key, field.Value)
                            )
                        ),
                        ["key"] = change.Key,
                        ["wanted"] = change.Wanted,
                    }
            ),
        ];

    public bool IsSameAs(BundleChanges other) => JsonNode.DeepEquals(Json(), other.Json());

    /// <summary>
    /// Whether these are what is left of approved changes after a deployment that broke off: nothing else is touched, and everything still becomes what was
    /// approved.
    /// </summary>
    public bool IsRestOf(BundleChanges approved)
    {
        var wanted = approved.All.ToDictionary(change => change.Key);
        return Real.All(change =>
            wanted.TryGetValue(change.Key, out var before)
            && before.Action != BundleChange.None
            && before.Wanted == change.Wanted
            && (!change.IsDestructive || before.IsDestructive)
        );
    }

    private static BundleChange Stored(JsonObject json) =>
        new(
            json["key"]!.GetValue<string>(),
            json["action"]!.GetValue<string>(),
            json["wanted"]?.GetValue<string>(),
            json["fields"]!.AsObject().ToDictionary(field => field.Key, field => field.Value!.GetValue<string>())
        );

    private static BundleChange Change(string key, JsonElement entry, string treeFolder)
    {
        var action = ActionOf(entry);
        if (action == BundleChange.None)
            return Unchanged(key);
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (entry.TryGetProperty("changes", out var changes) && changes.ValueKind == JsonValueKind.Object)
            foreach (var change in changes.EnumerateObject().Where(change => !IsSkipped(change.Value)))
                fields[change.Name] = DigestOf(Texts(change.Value, treeFolder));
        var wanted = entry.TryGetProperty("new_state", out var state) ? DigestOf(Texts(state, treeFolder)) : null;
        return new BundleChange(Short(key), action, wanted, fields);
    }

    private static BundleChange PermissionChange(string key, JsonElement entry, IReadOnlyCollection<string> principals)
    {
        var action = ActionOf(entry);
        var state = entry.TryGetProperty("new_state", out var given) ? given : default;
        var wanted = Grants(Member(state, "value"), principals);
        var isAsWanted = wanted == Grants(Member(entry, "remote_state"), principals);
        return action == BundleChange.None || (wanted is not null && isAsWanted)
            ? Unchanged(key)
            : new BundleChange(Short(key), action, wanted, new Dictionary<string, string>());
    }

    /// <summary>A digest of who is granted what, in any order; null when there is no list.</summary>
    private static string? Grants(JsonElement state, IReadOnlyCollection<string> principals)
    {
        var list = Member(state, "__embed__");
        if (list.ValueKind != JsonValueKind.Array)
            list = Member(state, "permissions");
        if (list.ValueKind != JsonValueKind.Array)
            return null;
        var grants = list.EnumerateArray()
            .Where(grant => !principals.Contains(Text(grant, "service_principal_name")))
            .Where(grant => !principals.Contains(Text(grant, "user_name")))
            .Select(grant => CanonicalJson.ToText(Texts(grant, treeFolder: null)))
            .Order(StringComparer.Ordinal);
        return DigestOf(new JsonArray([.. grants.Select(grant => (JsonNode?)grant)]));
    }

    private static BundleChange Unchanged(string key) =>
        new(Short(key), BundleChange.None, Wanted: null, new Dictionary<string, string>());

    private static string Short(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : key;

    private static string ActionOf(JsonElement entry) =>
        Text(entry, "action") is { Length: > 0 } action ? action : BundleChange.None;

    private static JsonElement Member(JsonElement map, string key) =>
        map.ValueKind == JsonValueKind.Object && map.TryGetProperty(key, out var found) ? found : default;

    private static string Text(JsonElement map, string key) =>
        Member(map, key) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static bool IsSkipped(JsonElement change) => Text(change, "action") == BundleChange.None;

    private static string DigestOf(JsonNode? node) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Serialize(node)));

    /// <summary>Numbers as they are written: ids of jobs are beyond what JSON numbers hold everywhere.</summary>
    private static JsonNode? Texts(JsonElement element, string? treeFolder) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => new JsonObject(
                element
                    .EnumerateObject()
                    .Select(member => KeyValuePair.Create(member.Name, Texts(member.Value, treeFolder)))
            ),
            JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(item => Texts(item, treeFolder))]),
            JsonValueKind.String => JsonValue.Create(
                $"\"{Without(treeFolder, element.GetString()!)}" // a text is never taken for a number
            ),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => JsonValue.Create(element.GetRawText()),
        };

    private static string Without(string? treeFolder, string text) =>
        treeFolder is null ? text : text.Replace(treeFolder, "{{tree}}", StringComparison.Ordinal);
}
