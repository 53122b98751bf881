using System.Diagnostics;
using System.Runtime.InteropServices;
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
/// A token of SoftHSM (apt softhsm2), filled by OpenSC's tool. The module looks for tokens when it is first used in a process, so all tests of a process share
/// one, and each makes keys of its own in it.
/// </summary>
public static class SoftHsm
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    public const string Pin = "1234";
    private static readonly Lazy<string> Config = new(Prepare);

    /// <summary>The label of the one token.</summary>
    public const string Token = "bascule-test";

    /// <returns>The new pair's label, which no other test uses.</returns>
    public static string MakeKey(string id, string curve = "prime256v1") => MakeKey($"k-{Guid.NewGuid():N}", id, curve);

    public static string MakeKey(string label, string id, string curve)
    {
        Tool("--keypairgen", "--key-type", $"EC:{curve}", "--id", id, "--label", label);
        return label;
    }

    /// <summary>OpenSC's pkcs11-tool, logged in at the token.</summary>
    private static void Tool(params string[] arguments)
    {
        var config = Config.Value;
        Run(config, "pkcs11-tool", ["--module", Module, "--token-label", Token, "-l", "-p", Pin, .. arguments]);
    }

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
        if (SetVariable("SOFTHSM2_CONF", file, 1) != 0)
            throw new InvalidOperationException("the environment cannot be changed");
        Run(file, "softhsm2-util", "--init-token", "--free", "--label", Token, "--pin", Pin, "--so-pin", "5678");
        return file;
    }

    private static void Run(string config, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SOFTHSM2_CONF"] = config;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program}: {errors}{output.GetAwaiter().GetResult()}");
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite
    );
}
