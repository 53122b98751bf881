using Bascule.Core;
using Bascule.Core.People;
using Bascule.Server.Api;
using Bascule.Server.Console;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Access;

/// <summary>How somebody is told that they do not get in: people by a page, programs by JSON.</summary>
internal sealed class Refusals(WhoAsks who, RoleRules roles, AccessSettings settings, ConsoleAssets assets)
{
    public const string SignIn = "/sign-in";

    /// <summary>Nobody in particular asks: a person is led to the sign-in, and back.</summary>
    public IResult Unknown(HttpContext context)
    {
        if (!IsPage(context) || !IsRead(context.Request))
            return new ProblemAnswer(
                Problem.Unauthenticated(
                    context.IsLocal()
                        ? $"send the token in data/{LocalToken.FileName} as Authorization: Bearer"
                        : "sign in: bascule login"
                )
            );
        var address = $"{context.Request.Path.ToUriComponent()}{context.Request.QueryString.ToUriComponent()}";
        context.Response.Headers.CacheControl = "no-store";
        return context.IsLocal() && who.PeopleSignIn
            ? Results.Redirect($"{settings.PublicUrl.OriginalString.TrimEnd('/')}{address}")
            : Results.Redirect($"{SignIn}?return={Uri.EscapeDataString(address)}");
    }

    /// <summary>It is about whoever is signed in, and that is nobody: the local token is no person.</summary>
    public IResult NoPerson(HttpContext context, Actor? actor)
    {
        if (actor is null || (IsPage(context) && IsRead(context.Request) && who.PeopleSignIn && context.IsLocal()))
            return Unknown(context);
        var problem = Problem.Denied(
            who.PeopleSignIn
                ? "this is about a person's own account: sign in with bascule login --server URL, and ask that server"
                : "this is about a person's own account, and nobody can sign in here yet: name a provider under sign_in in bascule.yaml"
        );
        return IsPage(context) ? ConsoleEndpoints.Message(context, assets, problem) : new ProblemAnswer(problem);
    }

    /// <summary>They are known, and it is not theirs to do.</summary>
    public IResult Denied(HttpContext context, RoleDecision decision)
    {
        if (!IsPage(context))
            return new ProblemAnswer(Problem.Denied($"{decision.Reason}. {HowToGet}"));
        return ConsoleEndpoints.Denied(context, assets, new DeniedView(decision, HowToGet));
    }

    private string HowToGet =>
        roles.All.Where(rule => rule.Role == Role.Admin).SelectMany(rule => rule.To).Distinct().ToList()
            is { Count: > 0 } admins
            ? $"Roles are given under roles in bascule.yaml; ask an admin ({string.Join(", ", admins)})"
            : "Roles are given under roles in bascule.yaml; ask whoever runs Bascule";

    private static bool IsPage(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Inside>() is { IsPage: true };

    private static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
