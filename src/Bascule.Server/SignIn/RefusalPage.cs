using Bascule.Core;
using Bascule.Server.Api;
using Bascule.Server.Console;
using Bascule.Server.Console.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.SignIn;

/// <summary>The sign-in page with what went wrong on top, so that the next try is one click away.</summary>
internal static class RefusalPage
{
    public static Task ShowAsync(HttpContext context, Problem problem)
    {
        var services = context.RequestServices;
        var providers = services.GetRequiredService<ProviderLinks>();
        var view = SignInView.Of(providers.All, returnTo: null, firstAdminLink: null) with { Problem = problem };
        return ConsoleEndpoints
            .Page<SignInPage>(
                context,
                services.GetRequiredService<ConsoleAssets>(),
                view,
                ProblemAnswer.StatusOf(problem.Code)
            )
            .ExecuteAsync(context);
    }
}
