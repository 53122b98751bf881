using System.Text.RegularExpressions;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>What a workflow asks of a bundle: <c>bundle: { target: prod, run: train_job }</c>.</summary>
/// <param name="Target">One of the bundle's targets.</param>
/// <param name="Run">The key of the job, below <c>resources.jobs</c>, that runs once the target is deployed.</param>
internal sealed partial record BundleTask(string Target, string Run)
{
    public static BundleTask? Read(SettingReader bundle)
    {
        var target = ReadKey(bundle, "target", "write target: prod, one of the bundle's targets");
        var run = ReadKey(bundle, "run", "write run: <key of a job below resources.jobs>");
        bundle.RefuseOthers();
        return target is null || run is null ? null : new BundleTask(target, run);
    }

    /// <summary>Whether a text can be the key of a target or of a resource; none of them begins as an option does.</summary>
    public static bool IsKey(string text) => Key().IsMatch(text);

    private static string? ReadKey(SettingReader bundle, string key, string remedy)
    {
        if (bundle.RequiredText(key, remedy) is not { } text || IsKey(text))
            return bundle.Text(key);
        bundle.Refuse(key, "is no key of a bundle", "write letters, digits, '_', '-' and '.', a letter or digit first");
        return null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
