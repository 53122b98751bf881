using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.GitProxy.Views;

/// <summary>Asks the forge where its refs point, in one request: the old protocol answers the first one with all of them (gitprotocol-pack).</summary>
internal sealed class ForgeListing(ForgeRequests forge, MirrorOptions options)
{
    private const int Buffer = 64 * 1024;
    private static readonly GitService Listing = new(GitVerb.Fetch, IsAdvertisement: true);

    /// <summary>The allowed ones and no other. A tag is the tag object where there is one. Refs whose names Bascule refuses are left out.</summary>
    public async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ReadAsync(
        GitAccess access,
        RefPatterns allowed,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StallTimeout);
        using var request = forge.Get(access, Listing, protocol: null);
        try
        {
            var sent = await forge.SendAsync(request, access, limit.Token);
            if (sent.Failed(out var problem))
                return problem;
            using var answer = sent.Value;
            await using var source = await answer.Content.ReadAsStreamAsync(limit.Token);
            await using var buffered = new BufferedStream(source, Buffer);
            return await ReadAsync(buffered, allowed, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return RelayAnswer.Unreachable(access.Url);
        }
        catch (Exception failure) when (ForgeRequests.IsOutside(failure) || failure is InvalidDataException)
        {
            return Problem.Unavailable("the forge's list of refs is malformed");
        }
    }

    private async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ReadAsync(
        Stream source,
        RefPatterns allowed,
        CancellationToken cancellationToken
    )
    {
        var refs = new Dictionary<RefName, CommitId>();
        var (bytes, isOver) = (0L, false);
        while (await PktLine.ReadAsync(source, cancellationToken) is { } packet)
        {
            bytes += packet.Data.Length;
            if (bytes > options.MaxListingBytes || refs.Count > options.MaxRefs)
                return Problem.Exceeded(
                    "the repository has more refs than are listed; let the policy allow fewer, or raise the mirrors' limit"
                );
            if (packet.Kind != PktKind.Data)
            {
                isOver = refs.Count > 0 || bytes > 0;
                continue;
            }
            isOver = false;
            // A branch of that name at the forge is not the deploy ref, which Bascule alone moves.
            if (Parse(packet.Text) is var (name, id) && allowed.Allow(name) && !DeployPlace.IsReserved(name))
                refs[name] = id;
        }
        return isOver
            ? Result.Of<IReadOnlyDictionary<RefName, CommitId>>(refs)
            : Problem.Unavailable("the forge's list of refs ends in the middle");
    }

    /// <summary>Null for what is no ref: the service's name, HEAD, what a tag stands for, the capabilities of an empty repository.</summary>
    private static (RefName Name, CommitId Id)? Parse(string line)
    {
        var text = line.Split('\0', 2)[0];
        return
            text.Split(' ', 2) is [var hex, var full]
            && CommitId.TryParse(hex, out var id)
            && RefName.TryParse(full, out var name)
            ? (name, id)
            : null;
    }
}
