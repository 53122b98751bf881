using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Connectors.Yaml;
using Bascule.Core;
using Bascule.Core.Settings;

namespace Bascule.Cli.Features.Dags;

/// <summary>The policy of <c>bascule dags check</c>, read as strictly as the settings.</summary>
internal static class DagPolicyFile
{
    /// <param name="file">Null for the usual policy.</param>
    /// <param name="folder">Where DAGs are, whatever the policy says; null for what it says.</param>
    public static Result<DagPolicy> Read(string? file, string? folder)
    {
        var policy = file is null ? new DagPolicy() : ReadFile(file);
        if (policy.Failed(out var problem) || folder is null)
            return policy;
        return DagPolicyReader.CleanFolder(folder) is { } clean
            ? policy.Value with
            {
                Folder = clean,
            }
            : Problem.Invalid($"'{folder}' is no folder of a repository; write it relative, e.g. dags, or . for all");
    }

    private static Result<DagPolicy> ReadFile(string file)
    {
        if (!File.Exists(file))
            return Problem.NotFound($"there is no '{file}'");
        List<SettingProblem> problems = [];
        var policy = YamlReader.Read(File.ReadAllBytes(file), file, YamlLimits.Server, problems) is { } map
            ? DagPolicyReader.Read(map, problems)
            : null;
        return policy is not null && problems.Count == 0
            ? policy
            : Problem.Invalid(string.Join(Environment.NewLine, problems));
    }
}
