using System.Globalization;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Sends the packs that are not there yet, a manifest and the launcher (ADR 4).</summary>
internal sealed class PackedUpload(
    DatabricksWorkspace workspace,
    DatabricksSession session,
    CodeShipment shipment,
    PackManifest manifest,
    IContentTree tree,
    Action<string> progress
)
{
    private const int Width = 4; // each holds a pack in memory, as bytes and as base64

    private static readonly byte[] Launcher = ReadLauncher();

    public async Task<Result<Done>> SendAsync(CancellationToken cancellationToken)
    {
        var folder = shipment.Folder;
        string[] folders = [folder.Path, folder.Packs];
        var made = await SideBySide.RunAsync(
            folders,
            Width,
            (path, stop) => workspace.MakeDirectoryAsync(session, path, stop),
            cancellationToken
        );
        if (made.Problem is not null)
            return made;
        // The manifest first: who collects old packs then sees which ones are needed.
        (string Path, byte[] Bytes)[] small = [(folder.Manifest, manifest.Bytes), (folder.Launcher, Launcher)];
        var stated = await SideBySide.RunAsync(
            small,
            Width,
            (file, stop) => workspace.ImportAsync(session, file.Path, ImportFormat.Raw, file.Bytes, stop),
            cancellationToken
        );
        if (stated.Problem is not null)
            return stated;
        var listed = await workspace.ListAsync(session, folder.Packs, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var there = (listed.Value ?? [])
            .Where(item => item.IsFile && item.Size is null or > 0)
            .Select(item => item.Name);
        var missing = manifest.Packs.ExceptBy(there, pack => pack.Name).ToList();
        progress(Say(missing));
        return await SideBySide.RunAsync(missing, Width, SendAsync, cancellationToken);
    }

    private async Task<Result<Done>> SendAsync(FilePack pack, CancellationToken cancellationToken) =>
        await workspace.ImportAsync(
            session,
            $"{shipment.Folder.Packs}/{pack.Name}",
            ImportFormat.Raw,
            await FilePacks.ZipAsync(pack, tree, cancellationToken),
            cancellationToken
        );

    private string Say(List<FilePack> missing) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"sending {missing.Count} of {manifest.Packs.Count} packs ({missing.Sum(pack => pack.Files.Count)} of {shipment.Tree.Files.Count} files) to {shipment.Folder.Packs}"
        );

    private static byte[] ReadLauncher()
    {
        using var stream = typeof(PackedUpload).Assembly.GetManifestResourceStream("databricks/launch.py")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
