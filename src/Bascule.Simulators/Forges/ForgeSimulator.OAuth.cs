namespace Bascule.Simulators.Forges;

public sealed partial class ForgeSimulator
{
    /// <param name="redirects">Where it may send people back to, letter for letter.</param>
    public ForgeOAuthApplication AddOAuthApplication(string name, params string[] redirects) =>
        OAuth.Add(name, redirects);

    /// <summary>What somebody gets who is signed in here, opens the address, and agrees: where they are sent back to.</summary>
    public Uri Agree(string user, Uri address) => OAuth.Agree(User(user), address);

    private GiteaOAuth OAuth =>
        _pipeline.OAuth ?? throw new ForgeRefusedException(404, "Gogs 0.11.91 is no OAuth2 provider");
}
