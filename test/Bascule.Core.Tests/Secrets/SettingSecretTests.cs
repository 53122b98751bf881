using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Secrets;

public sealed class SettingSecretTests
{
    private readonly SettingSecret _setting = new(
        "forges.git.token",
        new SettingLocation("bascule.yaml", 3, 4),
        new VaultSecret("secret", "bascule/gitea", "token")
    );

    [Fact]
    public void WhoeverHoldsItFollowsEachChange()
    {
        var header = _setting.Secret.Map(token => $"token {token}");

        _setting.Take(new Secret("first")).ShouldBeTrue();
        header.Reveal().ShouldBe("token first");
        _setting.Take(new Secret("second")).ShouldBeTrue();
        header.Reveal().ShouldBe("token second");
        _setting.Take(new Secret("second")).ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T114")]
    public void IsNeverPrinted()
    {
        _setting.Take(new Secret("s3cret"));

        _setting.Secret.ToString().ShouldBe("***");
        _setting.Secret.Map(token => token + token).ToString().ShouldBe("***");
        System.Text.Json.JsonSerializer.Serialize(_setting.Secret).ShouldNotContain("s3cret");
    }

    [Fact]
    public void MayNotBeUsedBeforeItIsRead() =>
        Should
            .Throw<InvalidOperationException>(() => _setting.Secret.Reveal())
            .Message.ShouldBe("forges.git.token was used before it was read from vault:secret/bascule/gitea#token");
}
