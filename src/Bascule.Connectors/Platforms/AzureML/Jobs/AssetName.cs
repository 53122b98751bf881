using System.Text.RegularExpressions;
using Bascule.Connectors.Platforms.AzureML.Service;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>How workspaces spell names (`mfe.json`, parameters of 2024-04-01).</summary>
internal static partial class AssetName
{
    public static bool IsName(string text) => Name().IsMatch(text);

    public static bool IsVersion(string text) => Version().IsMatch(text);

    public static bool IsCompute(string text) => text == AzureMlDefaults.Serverless || Compute().IsMatch(text);

    /// <summary>Of an input or an output, as commands refer to it.</summary>
    public static bool IsKey(string text) => Key().IsMatch(text);

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[a-zA-Z][a-zA-Z0-9-]{0,31}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Compute();

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,99}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
