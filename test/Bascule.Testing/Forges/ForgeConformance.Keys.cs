using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;
using Shouldly;

namespace Bascule.Testing.Forges;

public abstract partial class ForgeConformance
{
    [ForgeFact]
    public async Task ShowsTheKeysOfAnAccount()
    {
        byte[] blob = [0, 0, 0, 11, .. "ssh-ed25519"u8, 0, 0, 0, 32, .. RandomNumberGenerator.GetBytes(32)];
        var key = SshPublicKey.Parse($"ssh-ed25519 {Convert.ToBase64String(blob)}").ShouldNotBeNull();
        await stage.AddSshKeyAsync(stage.Writer, "laptop", key.Material + " ada@laptop");
        var writer = (await stage.Connect(stage.Writer.Token).IdentifyAsync(default)).Value.Account;

        var shown = (await Shows.ListKeysAsync(writer, default)).Value;

        var own = shown.Single(one => one.Fingerprint == key.Fingerprint);
        (own.Kind, own.Title, own.Material, own.Weakness).ShouldBe((SigningKeyKind.Ssh, "laptop", key.Material, null));
    }

    [ForgeFact]
    public async Task ANameThatIsAnotherAccountsNowShowsNoKeys()
    {
        var writer = (await stage.Connect(stage.Writer.Token).IdentifyAsync(default)).Value.Account;

        var renamed = await Shows.ListKeysAsync(writer with { Id = writer.Id + 1000 }, default);
        var gone = await Shows.ListKeysAsync(writer with { Login = "nobody-of-that-name" }, default);
        var odd = await Shows.ListKeysAsync(writer with { Login = "../user" }, default);

        renamed.Problem!.Code.ShouldBe(ProblemCode.Denied);
        gone.Problem!.Code.ShouldBe(ProblemCode.NotFound);
        odd.Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    private IAccountKeys Shows => Forge.ShouldBeAssignableTo<IAccountKeys>()!;
}
