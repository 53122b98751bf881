namespace Bascule.Simulators.Forges;

public sealed partial class ForgeSimulator
{
    /// <summary>A person. The e-mail address is name@example.com unless given; commits are matched to people by it.</summary>
    public ForgeUser AddUser(
        string name,
        string password,
        string? email = null,
        string fullName = "",
        bool isAdmin = false
    ) =>
        Add(
            new ForgeUser(_engine.World.NextId("user"), name, _engine.World.Now)
            {
                Password = password,
                Email = email ?? name + "@example.com",
                FullName = fullName,
                IsAdmin = isAdmin,
            }
        );

    public ForgeUser AddOrganisation(string name, string owner, string fullName = "")
    {
        var organisation = Add(
            new ForgeUser(_engine.World.NextId("user"), name, _engine.World.Now)
            {
                IsOrganisation = true,
                FullName = fullName,
            }
        );
        organisation.Owners.Add(User(owner).Id);
        organisation.Members.Add(User(owner).Id);
        return organisation;
    }

    /// <summary>Membership shows in lists of organisations; access comes from <see cref="SetCollaborator"/>.</summary>
    public void AddMember(string organisation, string user)
    {
        lock (_engine.World.Gate)
        {
            User(organisation).Members.Add(User(user).Id);
        }
    }

    /// <summary>An access token for a person: 40 fresh hex characters unless a value is given.</summary>
    public string AddToken(string user, string tokenName = "token", string? value = null) =>
        _engine.AddToken(User(user), tokenName, value).Sha1;

    /// <summary>An SSH key of a person, as its .pub file says it.</summary>
    public void AddSshKey(string user, string title, string key)
    {
        lock (_engine.World.Gate)
        {
            User(user).SshKeys.Add(new SshKey(_engine.World.NextId("key"), title, key, _engine.World.Now));
        }
    }

    /// <summary>An OpenPGP key of a person; Gogs has none.</summary>
    /// <param name="keyId">The last 16 hex digits of the fingerprint.</param>
    /// <param name="packet">The public-key packet, base 64.</param>
    public void AddGpgKey(string user, string keyId, string packet)
    {
        lock (_engine.World.Gate)
        {
            User(user).GpgKeys.Add(new GpgKey(_engine.World.NextId("gpg_key"), keyId, packet, _engine.World.Now));
        }
    }

    /// <summary>The names of the tokens that a person has.</summary>
    public IReadOnlyList<string> TokensOf(string user)
    {
        lock (_engine.World.Gate)
        {
            return [.. User(user).Tokens.Select(token => token.Name)];
        }
    }

    public void RevokeToken(string token)
    {
        lock (_engine.World.Gate)
        {
            _engine.World.Users.ForEach(u => u.Tokens.RemoveAll(t => t.Sha1 == token));
        }
    }

    /// <summary>A repository of a person or an organisation, with a README commit unless <paramref name="initialise"/> is false.</summary>
    public Task<ForgeRepository> CreateRepositoryAsync(
        string owner,
        string name,
        bool isPrivate = true,
        string defaultBranch = "main",
        bool initialise = true,
        CancellationToken cancellationToken = default
    ) => _engine.CreateRepositoryAsync(User(owner), name, isPrivate, defaultBranch, initialise, cancellationToken);

    public Task<ForgeRepository> ForkRepositoryAsync(
        ForgeRepository source,
        string owner,
        CancellationToken cancellationToken = default
    ) => _engine.ForkAsync(source, User(owner), cancellationToken);

    public ForgeRepository? FindRepository(string owner, string name) => _engine.World.FindRepository(owner, name);

    /// <summary>Gives or, with <see cref="ForgeAccess.None"/>, takes away access.</summary>
    public void SetCollaborator(ForgeRepository repository, string user, ForgeAccess permission)
    {
        var account = User(user);
        lock (_engine.World.Gate)
        {
            repository.Collaborators.Remove(account.Id);
            if (permission != ForgeAccess.None)
            {
                repository.Collaborators.Add(account.Id, permission);
            }
        }
    }

    /// <summary>The id stays, the name and with it every address changes: old addresses stop working.</summary>
    public void RenameRepository(ForgeRepository repository, string name)
    {
        lock (_engine.World.Gate)
        {
            repository.Name = name;
        }
    }

    public void DeleteRepository(ForgeRepository repository)
    {
        lock (_engine.World.Gate)
        {
            _engine.World.Repositories.Remove(repository);
        }
    }

    /// <summary>Nobody may push to the branch; merging needs the named statuses green, except for an administrator.</summary>
    public void ProtectBranch(ForgeRepository repository, string branch, params string[] requiredContexts)
    {
        lock (_engine.World.Gate)
        {
            var rule = new BranchRule(branch, _engine.World.Now);
            rule.Fields["enable_status_check"] = requiredContexts.Length > 0;
            rule.Fields["status_check_contexts"] = Shapes.GoJson.Strings(requiredContexts);
            repository.Rules[branch] = rule;
        }
    }

    /// <summary>What merging into the branch waits for; empty without a rule, or where it does not ask.</summary>
    public IReadOnlyList<string> RequiredContexts(ForgeRepository repository, string branch)
    {
        lock (_engine.World.Gate)
        {
            return repository.Rules.GetValueOrDefault(branch)?.Required ?? [];
        }
    }

    public void Unprotect(ForgeRepository repository, string branch)
    {
        lock (_engine.World.Gate)
        {
            repository.Rules.Remove(branch);
        }
    }

    /// <summary>A commit as the web editor makes it, hooks included. A null content deletes the file.</summary>
    /// <returns>The new commit's id.</returns>
    public Task<string> CommitAsync(
        ForgeRepository repository,
        string author,
        string branch,
        string message,
        IReadOnlyDictionary<string, string?> files,
        CancellationToken cancellationToken = default
    ) => _engine.CommitAsync(repository, User(author), branch, message, files, cancellationToken);

    /// <param name="repository">The repository of the hook.</param>
    /// <param name="url">http or https on loopback.</param>
    /// <param name="secret">Empty: the signature header is sent empty.</param>
    /// <param name="events">As in the API; "pull_request" and "issues" stand for all their kinds on Gitea.</param>
    /// <param name="contentType">json or form.</param>
    public ForgeHook AddHook(
        ForgeRepository repository,
        string url,
        string secret,
        IReadOnlyList<string> events,
        string contentType = "json"
    ) => Snapshot(_engine.AddHook(repository, url, contentType, secret, events, isActive: true));

    /// <summary>Presses the test button of a hook.</summary>
    public Task TestHookAsync(
        ForgeRepository repository,
        long hookId,
        string user,
        CancellationToken cancellationToken = default
    )
    {
        Hook? hook;
        lock (_engine.World.Gate)
        {
            hook = repository.Hooks.Find(h => h.Id == hookId);
        }

        return hook is null
            ? throw new ForgeRefusedException(404, $"{repository.FullName} has no hook {hookId}")
            : _engine.TestHookAsync(hook, User(user), cancellationToken);
    }

    /// <summary>Presses the redelivery button: same id, same bytes. False when no such delivery was ever tried.</summary>
    public bool Redeliver(string deliveryUuid) => _hooks.Redeliver(deliveryUuid) is not null;

    public IReadOnlyList<ForgeHook> Hooks(ForgeRepository repository)
    {
        lock (_engine.World.Gate)
        {
            return [.. repository.Hooks.Select(Snapshot)];
        }
    }

    public IReadOnlyList<ForgeCommitStatus> Statuses(ForgeRepository repository, string? sha = null)
    {
        lock (_engine.World.Gate)
        {
            return [.. repository.Statuses.Where(s => sha is null || s.Sha == sha)];
        }
    }

    private ForgeUser Add(ForgeUser user)
    {
        lock (_engine.World.Gate)
        {
            _engine.World.Users.Add(user);
        }

        return user;
    }

    private ForgeUser User(string name) =>
        _engine.World.FindUser(name)
        ?? throw new ForgeRefusedException(404, $"the simulated forge has no user '{name}'; call AddUser first");

    private static ForgeHook Snapshot(Hook hook) =>
        new(hook.Id, hook.Repository.FullName, hook.Url, hook.ContentType, hook.Secret, hook.Events, hook.IsActive);
}
