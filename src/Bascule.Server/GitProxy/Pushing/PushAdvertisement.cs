using Bascule.Core.Exchange;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// Tells a client where the refs are that its pass covers, and what it may ask for: nothing that is not answered here, nothing hidden (THREATS T88). Always in
/// the old protocol: pushes know no other.
/// </summary>
internal static class PushAdvertisement
{
    private const string ZeroId = "0000000000000000000000000000000000000000";

    public static async Task WriteAsync(
        HttpResponse response,
        GitPass pass,
        ForgeRefs forge,
        CancellationToken cancellationToken
    )
    {
        using var answer = new MemoryStream();
        PktLine.Of("# service=git-receive-pack\n").WriteTo(answer);
        new PktLine(PktKind.Flush, default).WriteTo(answer);
        var seen = forge
            .Tips.Where(tip => pass.Refs.Allow(tip.Key))
            .Select(tip => $"{tip.Value} {tip.Key}")
            .OrderBy(line => line[ZeroId.Length..], StringComparer.Ordinal)
            .DefaultIfEmpty($"{ZeroId} capabilities^{{}}");
        foreach (var (index, line) in seen.Index())
            PktLine.Of(line + (index == 0 ? $"\0{Capabilities(pass, forge)}\n" : "\n")).WriteTo(answer);
        new PktLine(PktKind.Flush, default).WriteTo(answer);
        GitAnswer.KeepPrivate(response);
        response.ContentType = "application/x-git-receive-pack-advertisement";
        await response.Body.WriteAsync(answer.ToArray(), cancellationToken);
    }

    private static string Capabilities(GitPass pass, ForgeRefs forge) =>
        string.Join(
            ' ',
            (string[])
                [
                    "report-status",
                    "delete-refs",
                    "side-band-64k",
                    "ofs-delta",
                    "push-options",
                    .. forge.Can("atomic") ? ["atomic"] : Array.Empty<string>(),
                    // A thin pack may build on objects that the pass hides, by their ids alone.
                    .. pass.Refs.IsWhole ? Array.Empty<string>() : ["no-thin"],
                    "agent=bascule",
                ]
        );
}
