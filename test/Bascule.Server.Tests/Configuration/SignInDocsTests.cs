using System.Text.RegularExpressions;
using Bascule.Testing;

namespace Bascule.Server.Tests.Configuration;

/// <summary>What the page on sign-in tells people to write is what the reader takes.</summary>
public sealed partial class SignInDocsTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("okta")]
    [InlineData("entra")]
    [InlineData("keycloak")]
    public void TheBlocksAreAccepted(string name)
    {
        Directory.CreateDirectory(_folder.Path("secrets"));
        File.WriteAllText(_folder.Path($"secrets/{name}"), "s3cret");
        File.Copy(_folder.Path("tls.pem"), _folder.Path("corporate-ca.pem"));

        var (settings, problems) = _folder.Load($"{SettingsFolder.WithoutSignIn()}\n{Block(name)}");

        problems.ShouldBeEmpty();
        settings!.SignIn.ShouldHaveSingleItem().Name.ShouldBe(name);
    }

    private static string Block(string name) =>
        Fenced()
            .Matches(File.ReadAllText(RepositoryFolder.PathOf("docs/operations/sign-in.md")))
            .Select(match => match.Groups["text"].Value)
            .Single(block => block.Contains($"  {name}:\n", StringComparison.Ordinal));

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Fenced();
}
