using System.Globalization;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Access;

/// <summary>The things that addresses name.</summary>
internal static class Things
{
    /// <param name="answer">How a refusal is told: as a page or as JSON.</param>
    public static About Run(Func<HttpContext, Problem, IResult> answer) =>
        new(Act.ReadRuns, FindRunAsync, (context, id) => answer(context, NoRun(id)));

    /// <summary>A delivery, or a row of work that was set aside.</summary>
    public static About Event(Func<HttpContext, Problem, IResult> answer) =>
        new(Act.ReadDeliveries, FindEventAsync, (context, id) => answer(context, NoEvent(id)));

    public static About Person(Func<HttpContext, Problem, IResult> answer) =>
        new(Act.ReadPeople, FindPersonAsync, (context, id) => answer(context, NoPerson(id)));

    public static Problem NoPerson(string id) =>
        Problem.NotFound($"nobody is known here as '{PlainText.Line(id, 60)}'; `bascule person list` shows who is");

    public static Problem NoRun(string id) =>
        Problem.NotFound($"there is no run '{PlainText.Line(id, 40)}'; `bascule run list` shows those that are");

    public static Problem NoEvent(string id) =>
        Problem.NotFound(
            $"there is no delivery and no row set aside called '{PlainText.Line(id, 60)}'; see: bascule event list, bascule event list --quarantined"
        );

    private static async Task<Scope?> FindRunAsync(HttpContext context, string id, Actor actor, Act act)
    {
        if (!RunId.IsWellFormed(id))
            return null;
        var services = context.RequestServices;
        var found = await services.GetRequiredService<IRunStore>().FindAsync(new RunId(id), context.RequestAborted);
        return found is null
            ? null
            : await services.GetRequiredService<Sight>().OfAsync(found, actor, act, context.RequestAborted);
    }

    /// <summary>People belong to no repository: only a role without limits reaches them.</summary>
    private static async Task<Scope?> FindPersonAsync(HttpContext context, string id, Actor actor, Act act)
    {
        var people = context.RequestServices.GetRequiredService<IPeopleStore>();
        return await people.FindAsync(id, context.RequestAborted) is null ? null : Scope.Installation;
    }

    private static async Task<Scope?> FindEventAsync(HttpContext context, string id, Actor actor, Act act)
    {
        var services = context.RequestServices;
        var sight = services.GetRequiredService<Sight>();
        var deliveries = services.GetRequiredService<IDeliveryStore>();
        if (await deliveries.FindAsync(id, context.RequestAborted) is { } delivery)
            return await sight.OfAsync(delivery, context.RequestAborted);
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var row))
            return null;
        var aside = await services.GetRequiredService<IWorkStore>().FindQuarantinedAsync(row, context.RequestAborted);
        return aside is null ? null : await sight.OfAsync(aside.Item, context.RequestAborted);
    }
}
