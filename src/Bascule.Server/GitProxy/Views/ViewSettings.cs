using Bascule.Connectors.Git;

namespace Bascule.Server.GitProxy.Views;

/// <summary>What <c>git upload-pack</c> is told when it reads a view, beside what every git of ours is told. The view holds nothing hidden; this keeps the door narrow all the same.</summary>
internal static class ViewSettings
{
    private static readonly (string Key, string Value)[] Settings =
    [
        ("uploadpack.allowTipSHA1InWant", "false"),
        ("uploadpack.allowReachableSHA1InWant", "false"),
        ("uploadpack.allowAnySHA1InWant", "false"),
        ("uploadpack.allowRefInWant", "false"),
        ("uploadpack.allowSidebandAll", "false"),
        ("uploadpack.advertiseBundleURIs", "false"),
        ("uploadpackfilter.allow", "false"), // sparse:oid would be a question about any blob
        ("uploadpackfilter.blob:none.allow", "true"),
        ("uploadpackfilter.blob:limit.allow", "true"),
        ("uploadpackfilter.tree.allow", "true"),
        ("uploadpackfilter.object:type.allow", "true"),
        ("transfer.hideRefs", "refs/bascule"),
        ("transfer.advertiseSID", "false"),
        ("transfer.advertiseObjectInfo", "false"),
        ("safe.directory", "*"),
    ];

    public static GitCall Advertise(string view, string? protocol, TimeSpan timeout, int most) =>
        Call(view, protocol, timeout, "--http-backend-info-refs") with
        {
            MaxOutput = most,
        };

    public static GitCall Serve(string view, string? protocol, TimeSpan timeout) => Call(view, protocol, timeout);

    /// <summary>A partial clone fetches blobs by their ids, which version 0 does not let it: there it gets everything instead.</summary>
    private static GitCall Call(string view, string? protocol, TimeSpan timeout, params string[] form) =>
        new(view, ["upload-pack", "--strict", "--stateless-rpc", .. form, view])
        {
            Timeout = timeout,
            Protocol = protocol,
            Settings = [.. Settings, ("uploadpack.allowFilter", GitProtocol.IsTwo(protocol) ? "true" : "false")],
        };
}
