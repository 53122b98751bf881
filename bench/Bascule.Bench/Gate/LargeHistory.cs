using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Bascule.Bench.Gate;

/// <summary>A history whose files nothing compresses, the same in each run. Each commit writes one file, anew or again.</summary>
/// <param name="Files">How many there are in the end.</param>
internal sealed record LargeHistory(int Commits, int Files, int FileBytes)
{
    private const string Author = "Dana <dana@example.com>";
    private const long FirstDay = 1_700_000_000;

    /// <summary>What the proxy's repository has: 100 MB.</summary>
    public static readonly LargeHistory Cloned = new(400, 250, 256 << 10);

    /// <summary>What is pushed through it: 1 GB.</summary>
    public static readonly LargeHistory Pushed = new(1024, 1024, 1 << 20);

    public double Megabytes => (double)Commits * FileBytes / (1 << 20);

    /// <summary>Writes it to a bare repository as <c>main</c>, and one small commit more as <c>hidden</c>.</summary>
    public async Task WriteAsync(GitClient git, string repository, CancellationToken cancellationToken)
    {
        var start = git.Start(
            login: null,
            ["-C", repository, "-c", "core.compression=0", "fast-import", "--quiet", "--force"]
        );
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await using (var input = process.StandardInput.BaseStream)
                await WriteAsync(input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"git fast-import failed: {await errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private async Task WriteAsync(Stream input, CancellationToken cancellationToken)
    {
        var random = new Random(42);
        var bytes = new byte[FileBytes];
        for (var number = 0; number < Commits; number++)
        {
            random.NextBytes(bytes);
            await CommitAsync(
                input,
                "main",
                number,
                $"part{number % Files % 16}/file{number % Files}.bin",
                bytes,
                cancellationToken
            );
        }
        await LineAsync(input, "reset refs/heads/hidden\nfrom refs/heads/main\n", cancellationToken);
        await CommitAsync(input, "hidden", Commits, "secret.txt", "hidden\n"u8.ToArray(), cancellationToken);
    }

    private static async Task CommitAsync(
        Stream input,
        string branch,
        int number,
        string path,
        byte[] content,
        CancellationToken cancellationToken
    )
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"commit refs/heads/{branch}\ncommitter {Author} {FirstDay + (number * 60)} +0000\ndata 8\nChange\n\nM 100644 inline {path}\ndata {content.Length}\n"
        );
        await LineAsync(input, head, cancellationToken);
        await input.WriteAsync(content, cancellationToken);
        await LineAsync(input, "\n", cancellationToken);
    }

    private static ValueTask LineAsync(Stream input, string text, CancellationToken cancellationToken) =>
        input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
}
