using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Bascule.Testing.Node;

/// <summary>Runs the scripts of <c>test/node</c> with exactly the packages that its lock file names.</summary>
public static class NodeOracle
{
    private const int OldestNode = 20;

    private static readonly Lazy<string?> MissingNode = new(FindMissing);
    private static readonly Lazy<string> Installed = new(Install);

    /// <summary>Why no script can run here; null when one can.</summary>
    public static string? Missing => MissingNode.Value;

    /// <summary>The folder of the scripts with their packages beside them; made at the first use.</summary>
    public static string Folder => Installed.Value;

    /// <param name="script">A file of <c>test/node</c>.</param>
    /// <param name="input">Given to it as JSON on its standard input.</param>
    /// <returns>The JSON of its standard output.</returns>
    public static T Ask<T>(string script, object input)
    {
        var folder = Installed.Value;
        var answer = Run("node", [Path.Combine(folder, script)], folder, JsonSerializer.Serialize(input));
        return JsonSerializer.Deserialize<T>(answer)!;
    }

    private static string? FindMissing()
    {
        const string Remedy = "not run: needs Node 20 or newer with npm in the PATH, e.g. from https://nodejs.org";
        try
        {
            var version = Run("node", ["--version"], Environment.CurrentDirectory, "").Trim().TrimStart('v');
            Run("npm", ["--version"], Environment.CurrentDirectory, "");
            var major = int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture);
            return major >= OldestNode ? null : $"{Remedy}; this is {version}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return Remedy;
        }
    }

    /// <summary>Once for each content of the folder, beside the other build products, so that a clone stays as it is.</summary>
    private static string Install()
    {
        var source = Path.Combine(RepositoryFolder.Root, "test", "node");
        var files = Directory.GetFiles(source).Order(StringComparer.Ordinal).ToList();
        var digest = Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(File.ReadAllBytes)]))[..12];
        var target = Path.Combine(RepositoryFolder.Root, "artifacts", "node", digest);
        if (Directory.Exists(target))
            return target;
        var fresh = Directory.CreateDirectory($"{target}.{Environment.ProcessId}").FullName;
        foreach (var file in files)
            File.Copy(file, Path.Combine(fresh, Path.GetFileName(file)), overwrite: true);
        Run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], fresh, "");
        try
        {
            Directory.Move(fresh, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(fresh, recursive: true); // another test process was faster
        }
        return target;
    }

    private static string Run(string program, IEnumerable<string> arguments, string folder, string input)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"{program} failed: {errors.GetAwaiter().GetResult()}");
    }
}
