using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Cli.Features.Dags;

/// <summary>
/// Writes a tree's files into a folder that is new and nobody's yet: every one is created, none is opened, and links are made last, so that nothing is ever
/// written through one (THREATS T67, T129). Neither attributes nor filters of the repository are asked.
/// </summary>
internal sealed class VersionWriter(string folder, FollowOptions options)
{
    private const int MaxTarget = 4096;
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable =
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Invalid for what must not be written, Exceeded for what is too much; the folder holds a part then, and is to be thrown away.</summary>
    public async Task<Result<Done>> WriteAsync(
        IReadOnlyList<TreeLeaf> leaves,
        ObjectReader reader,
        CancellationToken cancellationToken
    )
    {
        if (leaves.FirstOrDefault(leaf => leaf.Kind is TreeEntryKind.Submodule) is { } submodule)
            return Problem.Invalid(
                $"'{UntrustedText.Line(submodule.Path, 300)}' is a submodule, whose files are in another repository; copy what is needed into this one"
            );
        var links = await ReadLinksAsync(leaves, reader, cancellationToken);
        if (links.Failed(out var problem))
            return problem;
        MakeFolders(leaves);
        TreeLeaf[] files = [.. leaves.Where(leaf => leaf.Kind is TreeEntryKind.File or TreeEntryKind.Executable)];
        using var sink = new Files(folder, files, options);
        if (await reader.StreamAsync([.. files.Select(file => file.Id)], sink, cancellationToken) is { } unwritten)
            return unwritten;
        foreach (var (path, target) in links.Value)
            File.CreateSymbolicLink(Path.Combine(folder, path), target);
        return Result.Done;
    }

    private static async Task<Result<IReadOnlyDictionary<string, string>>> ReadLinksAsync(
        IReadOnlyList<TreeLeaf> leaves,
        ObjectReader reader,
        CancellationToken cancellationToken
    )
    {
        TreeLeaf[] links = [.. leaves.Where(leaf => leaf.Kind is TreeEntryKind.Symlink)];
        var read = await reader.ReadAsync("blob", [.. links.Select(link => link.Id)], MaxTarget, cancellationToken);
        return read.Failed(out var problem)
            ? Result.Failure<IReadOnlyDictionary<string, string>>(problem)
            : TreeLinks.Read(leaves, links.Zip(read.Value));
    }

    private void MakeFolders(IEnumerable<TreeLeaf> leaves)
    {
        foreach (var below in leaves.Select(leaf => Path.GetDirectoryName(leaf.Path)!).Distinct())
            Directory.CreateDirectory(Path.Combine(folder, below), Executable);
    }

    private sealed class Files(string folder, TreeLeaf[] files, FollowOptions options) : IObjectSink, IDisposable
    {
        private FileStream? _file;
        private long _bytes;

        public Problem? Begin(int index, ObjectHead head)
        {
            var file = files[index];
            var name = UntrustedText.Line(file.Path, 300);
            if (head.Type != "blob")
                return Problem.Invalid($"'{name}' has no bytes in the repository");
            if (head.Size > options.MaxFileBytes)
                return Problem.Exceeded($"'{name}' has {head.Size} bytes, more than {options.MaxFileBytes}");
            _bytes += head.Size;
            if (_bytes > options.MaxVersionBytes)
                return Problem.Exceeded($"the files have more than {options.MaxVersionBytes} bytes together");
            _file = Create(Path.Combine(folder, file.Path), file.Kind is TreeEntryKind.Executable);
            return null;
        }

        public void Write(ReadOnlySpan<byte> bytes) => _file!.Write(bytes);

        public void End() => Dispose();

        public void Dispose()
        {
            _file?.Dispose();
            _file = null;
        }

        private static FileStream Create(string path, bool isExecutable) =>
            new(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = isExecutable ? Executable : Readable,
                }
            );
    }
}
