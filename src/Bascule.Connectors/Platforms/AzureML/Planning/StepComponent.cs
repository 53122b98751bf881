using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Code;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>
/// The component that a pipeline's step runs: its command, image and code, under a version that is the digest of all this. `mfe.json` says of a component's
/// specification that it is an object and no more; its members are those that Microsoft's own tools write
/// (https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-command).
/// </summary>
/// <param name="Name">One a repository and step.</param>
internal sealed record StepComponent(string Name, string Version, JsonObject Specification)
{
    private const string DigestProperty = "bascule.component";

    /// <summary>Members of a specification that say what runs.</summary>
    private static readonly string[] Runs = ["command", "code", "environment"];

    /// <summary>Below the workspace.</summary>
    public string Path => $"components/{Name}/versions/{Version}";

    public string IdIn(AzureMlOptions options) => $"{options.WorkspaceId}/{Path}";

    /// <param name="codeId">Of the version that is sent.</param>
    public static StepComponent Of(
        AzureMlOptions options,
        string repository,
        PipelineJob pipeline,
        PipelineStep step,
        string codeId
    )
    {
        var name = $"{AssetOwner.NameOf(repository)}-{step.Name}";
        var specification = new JsonObject
        {
            ["code"] = "azureml:" + codeId,
            ["command"] = step.Command.Command,
            ["environment"] = EnvironmentOf(options, step.Command.Environment),
            ["inputs"] = Ports(step.Inputs, pipeline.TypeOf),
            ["name"] = name,
            ["outputs"] = Ports(step.Outputs, pipeline.TypeOf),
            ["type"] = "command",
        };
        if (step.Command.Description is { } description)
            specification["description"] = description;
        var text = CanonicalJson.ToText(specification);
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        specification["version"] = version;
        return new StepComponent(name, version, specification);
    }

    public JsonObject Body(string repository) =>
        new()
        {
            ["properties"] = new JsonObject
            {
                ["componentSpec"] = Specification.DeepClone(),
                ["isAnonymous"] = false,
                ["properties"] = new JsonObject { [DigestProperty] = Version },
                ["tags"] = new JsonObject { ["bascule.repository"] = repository },
            },
        };

    /// <summary>Whether what is there is this one: the workspace may add to a specification, and must have changed nothing of what runs.</summary>
    public bool IsThat(ArmResource found) =>
        JsonText.Of((found.Properties["properties"] as JsonObject)?[DigestProperty]) == Version
        && found.Properties["componentSpec"] is JsonObject there
        && Runs.All(name => JsonText.Of(there[name]) == JsonText.Of(Specification[name]));

    private static string EnvironmentOf(AzureMlOptions options, AssetReference environment) =>
        environment.Name is null
            ? environment.Text
            : "azureml:" + environment.AddressIn(options.WorkspaceId, "environments");

    private static JsonObject Ports<T>(IReadOnlyDictionary<string, T> ports, Func<T, string> type) =>
        new(
            ports.Select(port => new KeyValuePair<string, JsonNode?>(
                port.Key,
                new JsonObject { ["type"] = type(port.Value) }
            ))
        );
}
