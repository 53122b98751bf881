using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement;

/// <summary>What an environment brings to a deployment to API Management.</summary>
internal sealed record ApimEnvironment : PlatformEnvironment
{
    /// <summary>Where the files are in the repository, and whose overrides they are read with.</summary>
    public ApimFolder Folder { get; init; } = new();

    /// <summary>What is asked of them before anything is sent.</summary>
    public ApimRules Rules { get; init; } = new();

    public override string DeployedFolder => Folder.Path;

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static ApimEnvironment? Read(SettingReader settings)
    {
        if (settings.Map("apis") is not { } apis)
            return settings.HasProblems ? null : new ApimEnvironment();
        var folder = apis.Text("folder")?.Trim('/') ?? "";
        var overrides = apis.Text("overrides");
        var rules = apis.Map("rules") is { } map ? ApimRulesReader.Read(map) : new ApimRules();
        apis.RefuseOthers();
        return settings.HasProblems || rules is null
            ? null
            : new ApimEnvironment { Folder = new ApimFolder(folder, overrides), Rules = rules };
    }
}
