namespace Bascule.Simulators.Azure.Resources;

/// <summary>What the one service is called, and where it is.</summary>
internal sealed record ArmScope(ArmProvider Provider, string Subscription, string ResourceGroup, string ServiceName)
{
    /// <summary>Path of the service, from <c>/subscriptions</c> on.</summary>
    public string Service =>
        $"/subscriptions/{Subscription}/resourceGroups/{ResourceGroup}/providers/{Provider.Namespace}/{Provider.Type}/{ServiceName}";

    /// <summary>
    /// What lies below the service; null with a refusal when the path leads elsewhere. Names are compared without regard to case. Results of operations that
    /// the provider keeps by location are below <c>locations</c>.
    /// </summary>
    public string[]? Below(string path, out ArmReply? refusal)
    {
        var parts = path.Split('/', StringSplitOptions.None)[1..];
        refusal = IsOfLocation(parts) ? null : Strange(parts);
        return refusal is not null ? null : parts[(IsOfLocation(parts) ? 4 : 8)..];
    }

    private bool IsOfLocation(string[] parts) =>
        parts.Length == 8
        && Same(parts[0], "subscriptions")
        && Same(parts[1], Subscription)
        && Same(parts[2], "providers")
        && Same(parts[3], Provider.Namespace)
        && Same(parts[4], "locations");

    private ArmReply? Strange(string[] parts)
    {
        if (parts.Length < 2 || !Same(parts[0], "subscriptions"))
            return ArmReply.Refuse(404, "NotFound", "No such address.");
        if (!Same(parts[1], Subscription))
            return ArmReply.Refuse(404, "SubscriptionNotFound", $"The subscription '{parts[1]}' could not be found.");
        if (parts.Length < 8 || !Same(parts[2], "resourceGroups") || !Same(parts[4], "providers"))
            return ArmReply.Refuse(404, "NotFound", "No such address.");
        if (!Same(parts[3], ResourceGroup))
            return ArmReply.Refuse(404, "ResourceGroupNotFound", $"Resource group '{parts[3]}' could not be found.");
        return Same(parts[5], Provider.Namespace) && Same(parts[6], Provider.Type) && Same(parts[7], ServiceName)
            ? null
            : ArmReply.Refuse(
                404,
                "ResourceNotFound",
                $"The Resource '{parts[5]}/{parts[6]}/{parts[7]}' under resource group '{ResourceGroup}' was not found."
            );
    }

    private static bool Same(string own, string given) => string.Equals(own, given, StringComparison.OrdinalIgnoreCase);
}
