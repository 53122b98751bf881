using Bascule.Core;

namespace Bascule.Server.Mirrors;

/// <summary>The programs that check signatures: names looked up in PATH, or absolute paths. Bascule starts without them.</summary>
internal sealed class SignatureTools(string sshKeygen, string gpg)
{
    public SignatureTools(MirrorOptions options)
        : this(options.SshKeygen, options.Gpg) { }

    public Result<string> FindSshKeygen() => Find(sshKeygen, "openssh-client");

    public Result<string> FindGpg() => Find(gpg, "gnupg");

    private static Result<string> Find(string program, string package)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':');
        string[] candidates = Path.IsPathRooted(program)
            ? [program]
            : [.. folders.Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, program))];
        return candidates.FirstOrDefault(File.Exists) is { } found
            ? found
            : Problem.Unavailable(
                $"'{program}' is not installed, so signatures of commits cannot be checked; install it on Bascule's machine, on Debian or Ubuntu with: apt-get install {package}"
            );
    }
}
