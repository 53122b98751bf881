using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Audit;

namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>Brings an exact tree into the workspace, once: a version that is there with the right digests is complete and nothing is sent.</summary>
internal sealed class CodeUpload(AzureMlOptions options, AzureMlClient client, BlobUpload blobs) : IDisposable
{
    /// <summary>One upload at a time in this process: two runs of one commit begin together, and the second finds what the first sent.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <summary>Conflict when the version's name is taken by something else (THREATS T141).</summary>
    public async Task<Result<Done>> EnsureAsync(
        ArmSession session,
        CodePackage package,
        string repository,
        Action<string> progress,
        CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var there = await IsThereAsync(session, package.Version, cancellationToken);
            if (there.Failed(out var problem))
                return problem;
            if (there.Value)
            {
                progress($"the code is already there as {package.Version.Path}; nothing is sent");
                return Result.Done;
            }
            return await SendAsync(session, package, repository, progress, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Result<Done>> SendAsync(
        ArmSession session,
        CodePackage package,
        string repository,
        Action<string> progress,
        CancellationToken cancellationToken
    )
    {
        var (version, code) = (package.Version, package.Code);
        var begun = await client.StartUploadAsync(session, version.Path, cancellationToken);
        if (begun.Failed(out var problem))
            return problem;
        var place = BlobPlace.Read(begun.Value, options.Subject);
        if (place.Failed(out problem))
            return problem;
        progress(string.Create(CultureInfo.InvariantCulture, $"sending {code.Files.Count} files ({code.Bytes} bytes)"));
        var sent = await session.Audit!.CallAsync(
            "azureml.codes.blobs",
            version.Path,
            Details(version, code),
            stop => blobs.SendAsync(place.Value, code, code.Sent.Tree, stop),
            cancellationToken
        );
        if (sent.Failed(out problem))
            return await OthersAsync(session, version, problem, cancellationToken);
        var body = version.Body(place.Value.CodeUri, repository);
        var put = await client.PutAsync(session, version.Path, body, "azureml.codes.put", cancellationToken);
        if (put.Failed(out problem))
            return await OthersAsync(session, version, problem, cancellationToken);
        // What is there is what a job would run, whoever wrote it.
        var there = await IsThereAsync(session, version, cancellationToken);
        if (there.Failed(out problem))
            return problem;
        return there.Value
            ? Result.Done
            : Problem.Unavailable(
                $"{options.Subject}: {version.Path} was written and cannot be read yet; trying again"
            );
    }

    /// <summary>
    /// Somebody else sends the same at this moment (https://github.com/Azure/azure-sdk-for-python/issues/30155): that is success only when the version
    /// is there by now and holds this content.
    /// </summary>
    private async Task<Result<Done>> OthersAsync(
        ArmSession session,
        CodeVersion version,
        Problem refusal,
        CancellationToken cancellationToken
    )
    {
        if (refusal.Code != ProblemCode.Conflict)
            return refusal;
        var there = await IsThereAsync(session, version, cancellationToken);
        if (there.Failed(out var problem))
            return problem;
        return there.Value
            ? Result.Done
            : Problem.Unavailable($"{refusal.Message}; another upload of the same content may be under way");
    }

    private async Task<Result<bool>> IsThereAsync(
        ArmSession session,
        CodeVersion version,
        CancellationToken cancellationToken
    )
    {
        var found = await client.FindAsync(session, version.Path, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } there)
            return false;
        return version.IsThat(there)
            ? true
            : Problem.Conflict(
                $"{options.Subject}: {version.Path} is there and holds something else: its properties do not name this content; see who wrote it, then archive the asset"
            );
    }

    private static JsonObject Details(CodeVersion version, SendableCode code) =>
        new()
        {
            ["bytes"] = code.Bytes.ToString(CultureInfo.InvariantCulture),
            ["content"] = version.Content.Hex,
            ["files"] = code.Files.Count,
            ["tree"] = version.Tree,
        };
}
