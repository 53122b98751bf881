using System.Runtime.CompilerServices;
using Bascule.Testing;

namespace Bascule.Server.Tests.World;

/// <summary>
/// Compares text that people see with a file beside the test. With <c>BASCULE_APPROVE=1</c> in the environment the file is written anew: look at the
/// difference before it is committed.
/// </summary>
internal static class Approved
{
    public static void ShouldBeApproved(this string text, string name, [CallerFilePath] string test = "")
    {
        var relative = test[(test.LastIndexOf("/test/", StringComparison.Ordinal) + 1)..];
        var file = RepositoryFolder.PathOf(Path.Combine(Path.GetDirectoryName(relative)!, "Approved", name));
        if (Environment.GetEnvironmentVariable("BASCULE_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        text.ShouldBe(File.ReadAllText(file), $"differs from {file}");
    }
}
