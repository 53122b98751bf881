using System.Text.RegularExpressions;

namespace Bascule.Simulators.Mlflow;

/// <summary>What MLflow accepts as names and values of metrics, parameters and tags (mlflow/utils/validation.py).</summary>
internal static partial class NameRules
{
    public const int LongestParameter = 6000;
    public const int LongestTag = 8000;
    private const int LongestName = 250;

    /// <returns>What is wrong with a name, or null.</returns>
    public static string? Fault(string kind, string name)
    {
        if (!Allowed().IsMatch(name))
            return $"Invalid {kind} name: '{name}'. Names may only contain alphanumerics, underscores (_), dashes (-), "
                + "periods (.), spaces ( ), colon(:) and slashes (/).";
        if (name.Length > LongestName)
            return $"{kind} name of {name.Length} characters exceeds the limit of {LongestName}.";
        return IsPath(name) ? null : $"Invalid {kind} name: '{name}'. Names may be treated as files in certain cases.";
    }

    private static bool IsPath(string name) =>
        name[0] != '/' && name[^1] != '/' && name.Split('/').All(part => part is not ("" or "." or ".."));

    [GeneratedRegex(@"^[\w./\- :]+\z", RegexOptions.None, 1000)]
    private static partial Regex Allowed();
}
