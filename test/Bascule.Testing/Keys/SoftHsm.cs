using System.Diagnostics;
using Xunit;

namespace Bascule.Testing.Keys;

/// <summary>A test that signs in a real PKCS #11 token, made of software; skipped with its reason where SoftHSM is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SoftHsmFactAttribute : FactAttribute
{
    public SoftHsmFactAttribute() =>
        Skip = File.Exists(SoftHsm.Module)
            ? null
            : "not run: needs SoftHSM and OpenSC, on Debian: apt-get install softhsm2 opensc";
}

/// <summary>
/// Tokens of SoftHSM (apt softhsm2), filled by OpenSC's tool. The module reads its settings when it is first used in a process, so all tests of a process share
/// one folder of tokens, and each makes a token of its own.
/// </summary>
public static class SoftHsm
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    public const string Pin = "1234";
    private static readonly Lazy<string> Config = new(Prepare);

    /// <returns>The new token's label.</returns>
    public static string MakeToken()
    {
        var label = $"t-{Guid.NewGuid():N}";
        Run("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", Pin, "--so-pin", "5678");
        return label;
    }

    public static void MakeKey(string token, string label, string id, string curve = "prime256v1") =>
        Tool(token, "--keypairgen", "--key-type", $"EC:{curve}", "--id", id, "--label", label);

    /// <summary>OpenSC's pkcs11-tool, logged in at the token.</summary>
    public static void Tool(string token, params string[] arguments) =>
        Run("pkcs11-tool", ["--module", Module, "--token-label", token, "-l", "-p", Pin, .. arguments]);

    private static string Prepare()
    {
        var folder = Directory.CreateTempSubdirectory("bascule-softhsm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var file = Path.Combine(folder, "softhsm2.conf");
        File.WriteAllText(
            file,
            $"directories.tokendir = {Directory.CreateDirectory(Path.Combine(folder, "tokens"))}\n"
        );
        // For the module in this process: the variable of the C library, which .NET's own does not set.
        if (setenv("SOFTHSM2_CONF", file, 1) != 0)
            throw new InvalidOperationException("the environment cannot be changed");
        return file;
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SOFTHSM2_CONF"] = Config.Value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program}: {errors}{output.GetAwaiter().GetResult()}");
    }

    [System.Runtime.InteropServices.DllImport("libc", CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
    private static extern int setenv(string name, string value, int overwrite);
}
