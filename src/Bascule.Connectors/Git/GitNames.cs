using System.Text;

namespace Bascule.Connectors.Git;

/// <summary>The spellings by which file systems reach <c>.git</c> and <c>.gitmodules</c>: other case, NTFS short names and streams, HFS+ ignorables.</summary>
public static class GitNames
{
    public static bool IsGitFolder(string name) => Plain(name) is ".git" or "git~1";

    public static bool IsGitModules(string name) =>
        Plain(name) is ".gitmodules" or "gitmod~1" or "gitmod~2" or "gitmod~3" or "gitmod~4"
        || Plain(name).StartsWith("gi7eba~", StringComparison.Ordinal); // NTFS's fallback short name

    /// <summary>As NTFS and HFS+ would compare it: to the first colon, without trailing dots and spaces, without ignorable characters, lower case.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes().Where(rune => !IsIgnoredByHfs(rune.Value)))
            plain.Append(rune.ToString());
        return plain.ToString().Split(':')[0].TrimEnd('.', ' ').ToLowerInvariant();
    }

    /// <summary>From Apple's technical note 1150, as git's own check has it.</summary>
    private static bool IsIgnoredByHfs(int rune) =>
        rune is (>= 0x200C and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x206A and <= 0x206F) or 0xFEFF;
}
