using Bascule.Core.Forges;
using Bascule.Core.Signatures;
using Bascule.Testing.Forges;

namespace Bascule.Connectors.Tests.Forges.Gitea;

public sealed class GiteaKeyTests(SimulatedGitea stage) : IClassFixture<SimulatedGitea>
{
    /// <summary>A key made by gpg; the name is what gpg gives it.</summary>
    private const string Packet = "mDMEawF+oBYJKwYBBAHaRw8BAQdAFx4CP723r8Oaa0q0ow4ln5o/3KAD1j7JoqJOv8pAIjQ=";

    [Fact]
    public async Task AnOpenPgpKeyIsNamedByWhatIsShownOfIt()
    {
        await stage.SetUpAsync();
        stage.AddGpgKey(stage.Writer, "D61BD14E48417900", Packet);
        stage.AddGpgKey(stage.Writer, "0000000000000000", "rubbish");
        var writer = (await stage.Connect(stage.Writer.Token).IdentifyAsync(default)).Value.Account;

        var shown = await ((IAccountKeys)stage.Connect(stage.Bot.Token)).ListKeysAsync(writer, default);

        shown
            .Value.ShouldHaveSingleItem()
            .ShouldBe(
                new AccountKey(SigningKeyKind.OpenPgp, "9131C4D28FB7F08D2661415CD61BD14E48417900", "D61BD14E48417900")
            );
    }
}
