using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Yaml;
using Bascule.Core;
using Bascule.Core.Settings;

namespace Bascule.Cli.Features.Apis;

/// <summary>The rules of <c>bascule apis check</c>, read as strictly as the settings.</summary>
internal static class ApimRulesFile
{
    /// <param name="file">Null for the usual rules.</param>
    public static Result<ApimRules> Read(string? file)
    {
        if (file is null)
            return new ApimRules();
        if (!File.Exists(file))
            return Problem.NotFound($"there is no '{file}'");
        List<SettingProblem> problems = [];
        var rules = YamlReader.Read(File.ReadAllBytes(file), file, YamlLimits.Server, problems) is { } map
            ? ApimRulesReader.Read(map, problems)
            : null;
        return rules is not null && problems.Count == 0
            ? rules
            : Problem.Invalid(string.Join(Environment.NewLine, problems));
    }
}
