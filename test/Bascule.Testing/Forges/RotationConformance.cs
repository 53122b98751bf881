using Bascule.Core;
using Bascule.Core.Forges;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Forges;

/// <summary>What every forge must do that lets its credential be replaced, whether it is simulated or real.</summary>
public abstract class RotationConformance(ForgeStage stage) : IAsyncLifetime
{
    public Task InitializeAsync() => stage.SetUpAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ForgeFact]
    public async Task APasswordBecomesACredentialOfTheSameAccount()
    {
        var (rotation, person, present) = await AdoptAsync();

        var account = (await rotation.IdentifyAsync(present, default)).Value;

        account.Login.ShouldBe(person.Login);
        present.Token.Reveal().ShouldNotBe(person.Token);
        rotation.WhyNot(present).ShouldBeNull();
        rotation.WhyNot(new ForgeSecret(new Secret(person.Token))).ShouldNotBeNull().Message.ShouldContain("--account");
    }

    [ForgeFact]
    public async Task AWrongPasswordIsRefused()
    {
        var person = await stage.NewPersonAsync();

        var adopted = await RotationOf(person).AdoptAsync(person.Login, new Secret("not-the-password-1"), default);

        adopted.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        adopted.Problem.Message.ShouldNotContain("not-the-password-1");
    }

    [ForgeFact]
    public async Task TheNewOneIsTheSameAccountsAndTheFormerOneIsRefusedAfterItsEnd()
    {
        var (rotation, _, present) = await AdoptAsync();
        var account = (await rotation.IdentifyAsync(present, default)).Value;

        var made = (await rotation.MakeAsync(present, rotation.Prepare(present), default)).Value;
        (await rotation.IdentifyAsync(present, default)).Failed(out _).ShouldBe(!rotation.Overlaps);
        (await rotation.EndAsync(made, present, default)).Problem.ShouldBeNull();

        (await rotation.IdentifyAsync(made, default)).Value.ShouldBe(account);
        (await rotation.IdentifyAsync(present, default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        (await rotation.EndAsync(made, present, default)).Problem.ShouldBeNull("ending it twice changes nothing");
    }

    [ForgeFact]
    public async Task WhatWasMadeBeforeACrashIsMadeAgainAndLeavesNothingBehind()
    {
        var (rotation, _, present) = await AdoptAsync();
        var prepared = rotation.Prepare(present);
        var lost = (await rotation.MakeAsync(present, prepared, default)).Value;

        var made = (await rotation.MakeAsync(present, prepared, default)).Value;

        (await rotation.IdentifyAsync(made, default)).Problem.ShouldBeNull();
        if (rotation.Overlaps)
            (await rotation.IdentifyAsync(lost, default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [ForgeFact]
    public async Task WhatWasMadeIsTakenBackAndThePresentOneStaysGood()
    {
        var (rotation, _, present) = await AdoptAsync();
        var made = (await rotation.MakeAsync(present, rotation.Prepare(present), default)).Value;

        (await rotation.UndoAsync(present, made, default)).Problem.ShouldBeNull();

        (await rotation.IdentifyAsync(present, default)).Problem.ShouldBeNull();
        (await rotation.IdentifyAsync(made, default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        (await rotation.UndoAsync(present, rotation.Prepare(present), default)).Problem.ShouldBeNull();
    }

    [ForgeFact]
    public async Task AFormerOneThatIsStillTakenIsNotCalledEnded()
    {
        var (rotation, person, present) = await AdoptAsync();
        var former = present with { TokenId = null, TokenName = null, Token = new Secret(person.Token) };
        var other = rotation.Overlaps ? present : present with { Password = new Secret("another-password-1") };

        var ended = await rotation.EndAsync(other, former, default);

        ended.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        ended.Problem.Message.ShouldContain("still accepted");
    }

    [ForgeFact]
    public async Task GitShowsWhatIsInForceAndIsRefusedWithWhatWasEnded()
    {
        var repository = await stage.NewRepositoryAsync();
        var forge = stage.Connect(stage.Writer.Token, stage.Kind == "gogs" ? stage.Administrator : null);
        var (rotation, credential) = (((ICredentialHolder)forge).Rotation, ((ICredentialHolder)forge).Credential);
        var present = (await rotation.AdoptAsync(stage.Writer.Login, new Secret(stage.Writer.Password), default)).Value;
        credential.Use(present);
        var made = (await rotation.MakeAsync(present, rotation.Prepare(present), default)).Value;
        (await rotation.EndAsync(made, present, default)).Problem.ShouldBeNull();
        (await GitClone.LsRemoteAsync(forge.AccessTo(repository))).ShouldBeNull();

        credential.Use(made);

        (await GitClone.LsRemoteAsync(forge.AccessTo(repository))).ShouldNotBeNull().ShouldContain("HEAD");
        (await forge.FindRepositoryAsync(repository.Owner, repository.Name, default)).Value.Id.ShouldBe(repository.Id);
    }

    private async Task<(ICredentialRotation Rotation, StagedPerson Person, ForgeSecret Present)> AdoptAsync()
    {
        var person = await stage.NewPersonAsync();
        var rotation = RotationOf(person);
        var adopted = await rotation.AdoptAsync(person.Login, new Secret(person.Password), default);
        adopted.Problem.ShouldBeNull();
        return (rotation, person, adopted.Value);
    }

    private ICredentialRotation RotationOf(StagedPerson person) =>
        ((ICredentialHolder)stage.Connect(person.Token, stage.Kind == "gogs" ? stage.Administrator : null)).Rotation;
}
