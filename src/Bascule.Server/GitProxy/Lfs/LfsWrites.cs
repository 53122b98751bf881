using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Server.Configuration;
using Bascule.Server.GitProxy.Pushing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>
/// Objects on their way in. All bytes are here, and are what their name says, before the forge hears of the object (THREATS T69). That order also keeps a forge that knows
/// the object from elsewhere from handing it over for its name alone: Bascule's account there sees more than whoever asks.
/// </summary>
internal sealed class LfsWrites(
    LfsForge forge,
    LfsReads reads,
    LfsSpool spool,
    LfsProofs proofs,
    LfsAudit audit,
    PushPermission permission,
    PushLimits limits,
    ServerSettings settings,
    GitProxyOptions options
)
{
    /// <summary>What is answered for each of them: that it is there, or where it goes. There is no verify for the client: Bascule has done that before it answers an upload.</summary>
    public async Task<Result<IReadOnlyList<JsonObject>>> OfferAsync(
        AdmittedGit admitted,
        GitAddress address,
        IReadOnlyList<LfsPointer> asked,
        CancellationToken cancellationToken
    )
    {
        var may = await permission.CheckAsync(admitted.Pass, admitted.Repository, cancellationToken);
        if (may.Failed(out var mayNot))
            return mayNot;
        var had = await reads.HadAsync(admitted, asked, cancellationToken);
        if (had.Failed(out var problem))
            return problem;
        return Result.Of<IReadOnlyList<JsonObject>>([
            .. asked.Select(one =>
                had.Value.Contains(one) ? LfsAnswer.Had(one)
                : one.Size > options.MaxLfsBytes
                    ? LfsAnswer.Refused(one, 422, $"objects of more than {options.MaxLfsBytes} bytes are not taken")
                : LfsAnswer.Offered(one, "upload", LfsAddress.Write(settings.PublicUrl, address, one))
            ),
        ]);
    }

    public async Task ReceiveAsync(HttpContext context, AdmittedGit admitted, LfsPointer pointer)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(limits.Whole);
        try
        {
            var received = await ReceiveAsync(context.Request, admitted, pointer, limit.Token);
            if (received.Failed(out var problem))
                await GitAnswer.RefuseAsync(context, problem);
            else
                context.Response.ContentLength = 0;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            MetLimit.Note(context, "push_seconds");
            var minutes = $"{limits.Whole.TotalMinutes:0} minutes";
            await GitAnswer.RefuseAsync(context, Problem.Exceeded($"the upload took longer than {minutes}"));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // the client has gone, or its token has ended
        }
        catch (TimeoutException slow)
        {
            MetLimit.Note(context, "idle_seconds");
            await GitAnswer.RefuseAsync(context, Problem.Limited(slow.Message));
        }
        catch (BadHttpRequestException malformed)
        {
            await GitAnswer.RefuseAsync(context, Problem.Invalid(malformed.Message));
        }
    }

    private async Task<Result<Done>> ReceiveAsync(
        HttpRequest request,
        AdmittedGit admitted,
        LfsPointer pointer,
        CancellationToken cancellationToken
    )
    {
        if (pointer.Size > options.MaxLfsBytes)
            return Problem.Exceeded($"objects of more than {options.MaxLfsBytes} bytes are not taken");
        if (request.ContentLength is { } said && said != pointer.Size)
            return Problem.Invalid($"{said} bytes are announced for an object of {pointer.Size}");
        if (request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
            return Problem.Invalid("an object is sent as it is");
        var may = await permission.CheckAsync(admitted.Pass, admitted.Repository, cancellationToken);
        if (may.Failed(out var mayNot))
            return await RefuseAsync(admitted, pointer, PushPermission.Rule, mayNot, cancellationToken);
        var opened = spool.Open();
        if (opened.Failed(out var busy))
            return busy;
        using var place = opened.Value;
        await using var body = new HashedStream(new PatientStream(request.Body, limits.Idle), pointer.Size);
        if (await spool.FillAsync(place, body, cancellationToken) is { } large)
            return large;
        if (body.Count != pointer.Size || body.Digest() != pointer.Oid)
            return await RefuseAsync(
                admitted,
                pointer,
                "git.content",
                Problem.Invalid("the bytes are not those of the object that they are sent as; nothing was kept"),
                cancellationToken
            );
        var written = await audit.WrittenAsync(admitted, pointer, cancellationToken);
        return written.Failed(out var unwritten)
            ? unwritten
            : await HandOnAsync(admitted, pointer, place.PackFile, cancellationToken);
    }

    private async Task<Result<Done>> HandOnAsync(
        AdmittedGit admitted,
        LfsPointer pointer,
        string file,
        CancellationToken cancellationToken
    )
    {
        var access = admitted.Repository.Access;
        var offers = await forge.AskAsync(access, "upload", [pointer], cancellationToken);
        if (offers.Failed(out var problem))
            return problem;
        if (!offers.Value.TryGetValue(pointer, out var offer) || offer.IsRefused)
            return Problem.Invalid("the forge does not take the object; it may be larger than the forge allows");
        if (offer.Upload is not null)
        {
            await using var bytes = File.OpenRead(file);
            var sent = await forge.WriteAsync(access, pointer, offer, bytes, cancellationToken);
            if (sent.Failed(out problem))
                return problem;
        }
        proofs.Note(admitted.Pass, pointer);
        return Result.Done;
    }

    private async Task<Result<Done>> RefuseAsync(
        AdmittedGit admitted,
        LfsPointer pointer,
        string rule,
        Problem problem,
        CancellationToken cancellationToken
    )
    {
        await audit.RefusedAsync(admitted, pointer, rule, problem.Message, cancellationToken);
        return problem;
    }
}
