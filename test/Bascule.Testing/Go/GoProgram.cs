using System.Diagnostics;
using System.Security.Cryptography;

namespace Bascule.Testing.Go;

/// <summary>Builds and runs a Go program of this project, against the packages that Debian has: no module is fetched.</summary>
public static class GoProgram
{
    private const string Packages = "/usr/share/gocode";

    private static readonly Lazy<string?> MissingParts = new(FindMissing);

    /// <summary>Why none can be built here; null when one can.</summary>
    public static string? Missing => MissingParts.Value;

    /// <param name="folder">Of its source, below the project's root.</param>
    public static (int ExitCode, string Output) Run(string folder, params string[] arguments) =>
        Start(Build(Path.Combine(RepositoryFolder.Root, folder)), arguments, RepositoryFolder.Root);

    /// <summary>Once for each content of the folder, beside the other build products.</summary>
    private static string Build(string source)
    {
        var files = Directory.GetFiles(source, "*.go").Order(StringComparer.Ordinal);
        var digest = Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(File.ReadAllBytes)]))[..12];
        var program = Path.Combine(RepositoryFolder.Root, "artifacts", "go", digest);
        if (File.Exists(program))
            return program;
        var draft = $"{program}.{Guid.NewGuid():N}";
        var (code, output) = Start("go", ["build", "-o", draft, "."], source);
        if (code != 0)
            throw new InvalidOperationException($"go build failed: {output}");
        File.Move(draft, program, overwrite: true);
        return program;
    }

    private static string? FindMissing()
    {
        const string Remedy =
            "not run: needs Go and golang.org/x/mod as Debian packs them: apt-get install golang-go golang-golang-x-mod-dev";
        try
        {
            return
                Start("go", ["version"], Path.GetTempPath()).ExitCode == 0
                && Directory.Exists(Path.Combine(Packages, "src/golang.org/x/mod/sumdb/tlog"))
                ? null
                : Remedy;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return Remedy;
        }
    }

    private static (int ExitCode, string Output) Start(string program, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = Packages;
        start.Environment["GOCACHE"] = Path.Combine(RepositoryFolder.Root, "artifacts", "go", "cache");
        start.Environment["GOFLAGS"] = "";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
