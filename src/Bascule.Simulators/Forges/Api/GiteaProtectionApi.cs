using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>
/// Gitea's branch protection, for administrators of the repository. Stricter than the server: a field that the published description (Gitea 1.16,
/// CreateBranchProtectionOption and EditBranchProtectionOption) does not name, or one of another type, is refused.
/// </summary>
internal static class GiteaProtectionApi
{
    private const string Rules = "/repos/{owner}/{repo}/branch_protections";

    public static void Map(RouteTable table)
    {
        table.Add("GET", Rules, ListAsync);
        table.Add("POST", Rules, CreateAsync);
        table.Add("GET", Rules + "/{name}", c => c.JsonAsync(200, Shape(Find(c).Rule)));
        table.Add("PATCH", Rules + "/{name}", EditAsync);
        table.Add("DELETE", Rules + "/{name}", DeleteAsync);
    }

    /// <summary>All of them: this list has no pages.</summary>
    private static Task ListAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        lock (call.World.Gate)
        {
            return call.JsonAsync(200, GoJson.Array(repository.Rules.Values.Select(Shape)));
        }
    }

    private static async Task CreateAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        var body = call.Body;
        var branch = ApiCall.Text(body, "branch_name") ?? "";
        body.Remove("branch_name");
        Check(body);
        if (await repository.Git.BranchTipAsync(branch, call.Aborted) is null)
        {
            await call.RefuseAsync(404, "");
            return;
        }

        var rule = new BranchRule(branch, call.World.Now);
        lock (call.World.Gate)
        {
            if (repository.Rules.ContainsKey(branch))
            {
                throw new ForgeRefusedException(403, "Branch protection already exist");
            }

            Apply(rule, body);
            repository.Rules.Add(branch, rule);
        }

        await call.JsonAsync(201, Shape(rule));
    }

    private static Task EditAsync(ApiCall call)
    {
        var (_, rule) = Find(call);
        var body = call.Body;
        Check(body);
        lock (call.World.Gate)
        {
            Apply(rule, body);
            rule.Updated = call.World.Now;
        }

        return call.JsonAsync(200, Shape(rule));
    }

    private static Task DeleteAsync(ApiCall call)
    {
        var (repository, rule) = Find(call);
        lock (call.World.Gate)
        {
            repository.Rules.Remove(rule.Branch);
        }

        return call.EmptyAsync(204);
    }

    private static (ForgeRepository Repository, BranchRule Rule) Find(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        lock (call.World.Gate)
        {
            return repository.Rules.TryGetValue(Uri.UnescapeDataString(call.Route("name")), out var rule)
                ? (repository, rule)
                : throw new ForgeRefusedException(404, "");
        }
    }

    private static void Check(JsonObject body)
    {
        foreach (var (name, value) in body)
        {
            if (!BranchRule.Defaults.TryGetValue(name, out var example))
            {
                throw new ForgeRefusedException(422, $"the description names no field '{name}'");
            }

            if (!IsAlike(value, JsonNode.Parse(example)!))
            {
                throw new ForgeRefusedException(422, $"the field '{name}' has another type in the description");
            }
        }
    }

    private static bool IsAlike(JsonNode? value, JsonNode example) =>
        (value?.GetValueKind(), example.GetValueKind()) switch
        {
            (JsonValueKind.True or JsonValueKind.False, JsonValueKind.True or JsonValueKind.False) => true,
            (JsonValueKind.Array, JsonValueKind.Array) => value!
                .AsArray()
                .All(item => item?.GetValueKind() == JsonValueKind.String),
            var (one, other) => one == other,
        };

    /// <summary>As the server does: the contexts are taken over only where statuses are checked, whether they were sent or not.</summary>
    private static void Apply(BranchRule rule, JsonObject body)
    {
        foreach (var (name, value) in body.Where(field => field.Key != "status_check_contexts"))
        {
            rule.Fields[name] = value!.DeepClone();
        }

        if (rule.Fields["enable_status_check"]!.GetValue<bool>())
        {
            rule.Fields["status_check_contexts"] = body["status_check_contexts"]?.DeepClone() ?? new JsonArray();
        }
    }

    private static JsonObject Shape(BranchRule rule)
    {
        var shape = GoJson.Object(("branch_name", rule.Branch));
        foreach (var (name, value) in rule.Fields)
        {
            shape[name] = value!.DeepClone();
        }

        shape["created_at"] = GoJson.Time(rule.Created);
        shape["updated_at"] = GoJson.Time(rule.Updated);
        return shape;
    }
}
