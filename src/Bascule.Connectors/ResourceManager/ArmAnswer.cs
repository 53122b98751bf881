using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.ResourceManager;

/// <summary>What a refusal of Azure Resource Manager means: <c>{"error":{"code","message","details"}}</c>.</summary>
internal static class ArmAnswer
{
    /// <summary>Somebody else's change of the same thing is under way; Microsoft's own tool asks again.</summary>
    private static readonly HashSet<string> PassingCodes = new(StringComparer.Ordinal)
    {
        "PessimisticConcurrencyConflict",
        "ManagementApiRequestFailed",
        "OperationInProgress",
    };

    /// <summary>Null for a success.</summary>
    public static Problem? Refusal(OutboundAnswer answer, Secret authorization)
    {
        if (answer.IsSuccess)
            return null;
        var error = ErrorOf(answer);
        var refused = answer.AsProblem(Words(error, authorization))!;
        return answer.Status is 409 or 422 && error?.Code is { } code && PassingCodes.Contains(code)
            ? Problem.Unavailable(refused.Message, answer.RetryAfter)
            : refused;
    }

    /// <summary>An error in the words of whoever made it; null when it has none.</summary>
    public static string? Words(ArmError? error, Secret authorization)
    {
        if (error is null)
            return null;
        var details = (error.Details ?? []).Select(detail => detail.Message);
        var said = string.Join("; ", new[] { $"{error.Code}: {error.Message}" }.Concat(details));
        return said.Replace(authorization.Reveal()["Bearer ".Length..], "***", StringComparison.Ordinal);
    }

    private static ArmError? ErrorOf(OutboundAnswer answer)
    {
        var read = JsonReading.Read(answer.Body, ArmJson.Default.ArmRefusal);
        return read.Problem is null ? read.Value.Error : null;
    }
}
