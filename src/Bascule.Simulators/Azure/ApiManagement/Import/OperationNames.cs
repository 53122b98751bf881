using System.Globalization;
using System.Text.RegularExpressions;

namespace Bascule.Simulators.Azure.ApiManagement.Import;

/// <summary>
/// Names of imported operations, after the page "API import restrictions and known issues": lower case, anything that is no letter or digit becomes one dash, at
/// most 76 characters, and a number where two would be the same.
/// </summary>
internal sealed partial class OperationNames
{
    private const int Longest = 76;
    private readonly HashSet<string> _taken = [];

    public string Next(string? operationId, string method, string path)
    {
        var text = string.IsNullOrWhiteSpace(operationId) ? $"{method}-{path}" : operationId;
        var name = Strange().Replace(text.ToLowerInvariant(), "-").Trim('-');
        name = name[..int.Min(name.Length, Longest)];
        var unique = name;
        for (var i = 1; !_taken.Add(unique); i++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        return unique;
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Strange();
}
