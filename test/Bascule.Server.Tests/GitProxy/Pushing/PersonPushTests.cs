using Bascule.Core.Approvals;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Simulators.Forges;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.GitProxy.Pushing;

/// <summary>A person's push needs the policy and their own account; what it brings is proven.</summary>
public sealed class PersonPushTests(PushStage stage) : IClassFixture<PushStage>
{
    private static int _people;

    [Fact]
    public async Task WhoeverMayWriteAtTheForgePushes()
    {
        var (holder, login) = await PersonAsync();
        await using var door = await stage.OpenAsync(more: person => person with { Holder = holder });
        stage.Stage.Forge.SetCollaborator(door.Repository.Forge, login, ForgeAccess.Write);
        var commit = await door.Developer.CommitAsync("From a person");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(0, text);
        (await door.TipAsync("refs/heads/main")).ShouldBe(commit);
    }

    [Fact]
    public async Task WhoeverMayOnlyReadThereDoesNot()
    {
        var (holder, login) = await PersonAsync();
        await using var door = await stage.OpenAsync(more: person => person with { Holder = holder });
        stage.Stage.Forge.SetCollaborator(door.Repository.Forge, login, ForgeAccess.Read);

        var (code, text) = await door.PushAsync("HEAD:refs/heads/other");

        code.ShouldBe(1);
        text.ShouldContain("the account that you have linked may not push");
        (await door.TipAsync("refs/heads/other")).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task ALoginThatIsAnotherAccountsNowDoesNot()
    {
        var (holder, login) = await PersonAsync(accountId: 999_999);
        await using var door = await stage.OpenAsync(more: person => person with { Holder = holder });
        stage.Stage.Forge.SetCollaborator(door.Repository.Forge, login, ForgeAccess.Write);

        var (code, _) = await door.PushAsync("HEAD:refs/heads/other");

        code.ShouldBe(1);
        (await door.TipAsync("refs/heads/other")).ShouldBeNull();
    }

    [Fact]
    public async Task WhatAPersonPushedIsProven()
    {
        var (holder, login) = await PersonAsync();
        await using var door = await stage.OpenAsync(more: person => person with { Holder = holder });
        stage.Stage.Forge.SetCollaborator(door.Repository.Forge, login, ForgeAccess.Write);
        var proof = stage.Services.GetRequiredService<ICommitProof>();
        var unproven = await proof.FindAsync(door.Key, CommitId.Parse(door.Repository.First), default);
        var commit = CommitId.Parse(await door.Developer.CommitAsync("To be proven"));

        await door.PushAsync("HEAD:refs/heads/main");

        unproven.Value.By.ShouldBeNull();
        var proven = (await proof.FindAsync(door.Key, commit, default)).Value.By.ShouldNotBeNull();
        (proven.PersonUid, proven.IsPush).ShouldBe((holder.Uid, true));
    }

    [Fact]
    [Trait("Threat", "T98")]
    public async Task TheMoveIsThePersonsAndNotBascules()
    {
        var (holder, login) = await PersonAsync();
        await using var door = await stage.OpenAsync(more: person => person with { Holder = holder });
        stage.Stage.Forge.SetCollaborator(door.Repository.Forge, login, ForgeAccess.Write);

        await door.PushAsync("HEAD:refs/heads/fresh");

        var repositories = stage.Services.GetRequiredService<IRepositoryStore>();
        RefUpdate? update = null;
        for (var tries = 0; update is null && tries < 600; tries++)
        {
            await Task.Delay(50);
            update = await repositories.FindUpdateAsync(door.Key, RefName.Parse("refs/heads/fresh"), 1, default);
        }
        var pushes = await stage
            .Services.GetRequiredService<Core.Pushes.IPushStore>()
            .ListAsync(door.Key, CommitId.Parse(door.Repository.First), default);
        pushes.ShouldHaveSingleItem().Account!.Login.ShouldBe(login);
        update.ShouldNotBeNull();
        (await door.EntriesAsync(AuditTypes.PushEnded)).ShouldHaveSingleItem();
    }

    /// <summary>Somebody who has signed in and linked their account.</summary>
    private async Task<(Actor Holder, string Login)> PersonAsync(long? accountId = null)
    {
        var number = Interlocked.Increment(ref _people);
        var account = stage.Stage.Forge.AddUser($"pusher{number}", "only-for-this-Test-1");
        var person = new Person(Person.NewUid(), new Subject("https://id.example.com", $"pusher-{number}"))
        {
            Name = $"Pusher {number}",
            FirstSeenAt = DateTimeOffset.UtcNow,
            LastSeenAt = DateTimeOffset.UtcNow,
        };
        var forge = stage.Services.GetRequiredService<Bascule.Server.Connections.ForgeConnections>().All[0].Uid;
        var link = new ForgeLink(
            forge,
            accountId ?? account.Id,
            account.Name,
            person.Uid,
            "posted code",
            DateTimeOffset.UtcNow
        );
        var stored = await stage
            .Services.GetRequiredService<IWorkStore>()
            .ApplyAsync([new SavePerson(person), new SaveForgeLink(link)], default);
        stored.Problem.ShouldBeNull();
        return (person.ToActor(null), account.Name);
    }
}
