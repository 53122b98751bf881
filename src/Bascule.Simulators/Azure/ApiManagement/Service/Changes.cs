using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.ApiManagement.Rules;
using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>What each kind asks of its properties beyond their form, and the writing itself.</summary>
internal sealed partial class Changes(EntityStore store, ArmScope scope, PolicyRules policies)
{
    private const string LoggerSecret = "Logger-Credentials--";

    public ApiChanges Apis { get; } = new(store, scope);

    /// <returns>Null when it is written.</returns>
    public ArmReply? Apply(EntityAddress address, JsonObject properties, Entity? existing)
    {
        var kind = address.Kind;
        if (kind == EntityKind.Api)
            return Apis.Put(address, properties, existing);
        var fault =
            kind.IsPolicy || kind == EntityKind.Fragment ? policies.Check(kind, properties)
            : kind == EntityKind.NamedValue ? NamedValue(address, properties)
            : kind == EntityKind.VersionSet ? VersionSet(properties)
            : kind == EntityKind.Backend ? policies.NamedValues(PolicyDocument.NamesIn(properties.ToJsonString()))
            : kind == EntityKind.Logger ? Logger(properties, existing)
            : kind == EntityKind.Diagnostic || kind == EntityKind.ApiDiagnostic ? Diagnostic(properties)
            : kind == EntityKind.Operation ? Operation(address, properties)
            : kind == EntityKind.Release ? Release(address, properties, existing)
            : null;
        if (fault is not null)
            return fault;
        store.Write(kind, store.Key(address), properties);
        if (kind == EntityKind.Release && existing is null)
            store.MakeCurrent(address.ApiName, EntityAddress.Split((string)properties["apiId"]!).Revision!);
        return null;
    }

    private ArmReply? NamedValue(EntityAddress address, JsonObject properties)
    {
        var isKept = properties["keyVault"] is not null;
        if (isKept == properties["value"] is not null)
            return ArmReply.Invalid("value", "Either 'value' or 'keyVault' is required.");
        if (isKept && (bool?)properties["secret"] != true)
            return ArmReply.Invalid("secret", "A value from a key vault is a secret.");
        return store
            .Of(EntityKind.NamedValue)
            .Any(other =>
                !string.Equals(other.Name, address.Name, StringComparison.OrdinalIgnoreCase)
                && other.Text("displayName") == (string?)properties["displayName"]
            )
            ? ArmReply.Invalid("name", "Property with the same name already exist.")
            : null;
    }

    private static ArmReply? VersionSet(JsonObject properties)
    {
        var needed = (string?)properties["versioningScheme"] switch
        {
            "Query" => "versionQueryName",
            "Header" => "versionHeaderName",
            _ => null,
        };
        return needed is not null && properties[needed] is null
            ? ArmReply.Invalid(needed, $"'{needed}' is required by the versioning scheme.")
            : null;
    }

    /// <summary>Secrets go into a named value of the service's own, as the examples of the description show.</summary>
    private ArmReply? Logger(JsonObject properties, Entity? existing)
    {
        if (policies.NamedValues(PolicyDocument.NamesIn(properties.ToJsonString())) is { } missing)
            return missing;
        if (properties["credentials"] is not JsonObject credentials)
            return (string?)properties["loggerType"] == "azureMonitor"
                ? null
                : ArmReply.Invalid("credentials", "'credentials' is required.");
        foreach (var name in (string[])["connectionString", "instrumentationKey"])
            if ((string?)credentials[name] is { } secret && !secret.Contains("{{", StringComparison.Ordinal))
                credentials[name] = "{{" + Keep(secret, (string?)existing?.Properties["credentials"]?[name]) + "}}";
        return null;
    }

    private string Keep(string secret, string? former)
    {
        var name =
            former?.StartsWith("{{" + LoggerSecret, StringComparison.Ordinal) == true
                ? former[2..^2]
                : LoggerSecret + Guid.NewGuid().ToString("N")[..24];
        store.Write(
            EntityKind.NamedValue,
            $"namedValues/{name}",
            new()
            {
                ["displayName"] = name,
                ["value"] = secret,
                ["secret"] = true,
            }
        );
        return name;
    }

    private ArmReply? Diagnostic(JsonObject properties) =>
        Ids.Path(scope, (string?)properties["loggerId"]) is { } path
        && path.StartsWith("loggers/", StringComparison.OrdinalIgnoreCase)
        && store.Find(path) is { } logger
            ? Spelt(properties, "loggerId", logger.Path)
            : ArmReply.Invalid("loggerId", "Logger not found.");

    private ArmReply? Operation(EntityAddress address, JsonObject properties)
    {
        if (properties["policies"] is not null)
            return ArmReply.Unknown("policies in the body of an operation");
        var (method, template) = ((string)properties["method"]!, (string)properties["urlTemplate"]!);
        var declared = (properties["templateParameters"] as JsonArray ?? [])
            .Select(p => (string)p!["name"]!)
            .ToHashSet();
        if (!declared.SetEquals(Parameter().Matches(template).Select(match => match.Groups["name"].Value)))
            return ArmReply.Invalid(
                "templateParameters",
                "All parameters of the URL template must be defined, and no other."
            );
        return store
            .Below(store.Key(address.Parent!), EntityKind.Operation)
            .Any(other =>
                !string.Equals(other.Name, address.Name, StringComparison.OrdinalIgnoreCase)
                && string.Equals(other.Text("method"), method, StringComparison.OrdinalIgnoreCase)
                && other.Text("urlTemplate") == template
            )
            ? ArmReply.Invalid(
                "urlTemplate",
                $"Operation with the same method and URL template already exists: {method}, {template}"
            )
            : null;
    }

    /// <summary>Assumed: a release that is written again changes its notes alone; to go back takes a new one.</summary>
    private ArmReply? Release(EntityAddress address, JsonObject properties, Entity? existing)
    {
        if (existing is not null && properties["apiId"] is null)
            properties["apiId"] = existing.Text("apiId");
        if (
            Ids.Path(scope, (string?)properties["apiId"])?.Split('/') is not ["apis", var api]
            || !string.Equals(EntityAddress.Split(api).Name, address.ApiName, StringComparison.OrdinalIgnoreCase)
        )
            return ArmReply.Invalid("apiId", "'apiId' must name a revision of this API.");
        var revision = EntityAddress.Split(api).Revision ?? store.CurrentRevision(address.ApiName);
        if (store.Find($"apis/{EntityAddress.Revised(address.ApiName, revision!)}") is not { } found)
            return ArmReply.Invalid("apiId", "The revision was not found.");
        Spelt(properties, "apiId", found.Path);
        return existing is null || existing.Text("apiId") == (string)properties["apiId"]!
            ? null
            : ArmReply.Invalid("apiId", "A release stays with its revision.");
    }

    private ArmReply? Spelt(JsonObject properties, string name, string path)
    {
        properties[name] = $"{scope.Service}/{path}";
        return null;
    }

    [GeneratedRegex(@"\{\*?(?<name>[^}]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
