using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>Lists in pages: <c>$skip</c> is a token that only the service understands.</summary>
internal sealed class Paging(AmlPlace place)
{
    private const string TokenStart = "page-";

    public ArmReply Page<T>(ArmRequest request, IReadOnlyList<T> all, Func<T, JsonObject> show)
    {
        if (Start(request) is not { } start || Top(request) is not { } top)
            return AmlReply.Invalid("$skip", "$skip is no continuation token, or $top no number.");
        var size = int.Min(top, place.Options.PageSize);
        var body = new JsonObject { ["value"] = new JsonArray([.. all.Skip(start).Take(size).Select(show)]) };
        // With $top the answer is the page.
        if (request.Asked("$top") is null && start + size < all.Count)
            body["nextLink"] =
                $"{place.ResourceManager.AbsoluteUri.TrimEnd('/')}{request.Path}{Query(request)}&$skip={TokenStart}{start + size}";
        return new(200, body);
    }

    private static string Query(ArmRequest request) =>
        "?"
        + string.Join(
            '&',
            request
                .Query.Where(q => q.Key != "$skip")
                .Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}")
        );

    private static int? Start(ArmRequest request) =>
        request.Asked("$skip") is not { } token ? 0
        : token.StartsWith(TokenStart, StringComparison.Ordinal)
        && int.TryParse(token[TokenStart.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? start
        : null;

    private static int? Top(ArmRequest request) =>
        request.Asked("$top") is not { } text ? int.MaxValue
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top > 0 ? top
        : null;
}
