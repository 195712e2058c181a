import { BarChart, LineChart } from 'echarts/charts';
import { AxisPointerComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type ReactNode, useEffect, useRef } from 'react';
import { type Translate, useText } from '../text/catalogue';
import { type Day, everyDay } from './everyDay';
import { yuan } from './format';
import { type Language, usePreferences } from './preferences';

use([BarChart, LineChart, AxisPointerComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** Money by day: above what was there, below what came (upwards) and went (downwards). A picture of figures that stand beside it as a table: no reader needs it, and it computes none of them. */
export default function DaysChart({ days, until }: { readonly days: readonly Day[]; readonly until: string }): ReactNode {
  const t = useText();
  const { language, dark } = usePreferences();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  useEffect(() => {
    const drawn = init(place.current!, null, { renderer: 'svg' });
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(place.current!);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, []);
  // The colours are the theme's, so a change of the theme draws anew.
  useEffect(() => chart.current?.setOption(optionOf(everyDay(days, until), t, language, dark), true), [days, until, t, language, dark]);
  return <div className="chart" ref={place} role="img" aria-label={t('days.chart', { from: days[0]!.day, to: until })} />;
}

/** @returns yuan as a place on an axis, never as an amount. */
const place = (fen: string): number => Number(fen) / 100;

function optionOf(days: readonly Day[], t: Translate, language: Language, dark: boolean) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const [ink, soft, line, accent, warn] = ['ink', 'soft', 'line', 'accent', 'warn'].map(colour);
  const short = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en', { notation: 'compact', maximumFractionDigits: 1 });
  const text = { color: soft, fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
  const along = (gridIndex: number, labels: boolean) => ({
    type: 'category' as const,
    gridIndex,
    data: days.map(({ day }) => day),
    axisLabel: { ...text, show: labels, hideOverlap: true },
    axisLine: { lineStyle: { color: line }, onZero: true },
    axisTick: { show: false },
  });
  const up = (gridIndex: number) => ({
    type: 'value' as const,
    gridIndex,
    splitNumber: 3,
    axisLabel: { ...text, formatter: (value: number) => `${value < 0 ? '−' : ''}¥${short.format(Math.abs(value))}` },
    splitLine: { lineStyle: { color: line } },
  });
  const bar = (name: string, of: (day: Day) => number, color: string | undefined) => ({
    type: 'bar' as const,
    name,
    stack: 'moved',
    xAxisIndex: 1,
    yAxisIndex: 1,
    barMaxWidth: 22,
    itemStyle: { color },
    data: days.map(of),
  });
  return {
    animation: false,
    darkMode: dark,
    legend: { top: 0, left: 0, itemGap: 18, textStyle: { ...text, color: ink, fontSize: 13 }, inactiveColor: soft },
    axisPointer: { link: [{ xAxisIndex: 'all' as const }], lineStyle: { color: soft } },
    tooltip: {
      trigger: 'axis' as const,
      // As HTML it would carry style attributes, which the document's policy refuses.
      renderMode: 'richText' as const,
      confine: true,
      transitionDuration: 0,
      backgroundColor: colour('surface'),
      borderColor: colour('line-strong'),
      textStyle: { color: ink, fontSize: 13 },
      formatter: (shown: unknown) => told(days[(shown as readonly { dataIndex: number }[])[0]!.dataIndex]!, t),
    },
    grid: [
      { top: 38, height: '42%', left: 8, right: 12, outerBoundsMode: 'same' as const, outerBoundsContain: 'axisLabel' as const },
      { top: '62%', bottom: 8, left: 8, right: 12, outerBoundsMode: 'same' as const, outerBoundsContain: 'axisLabel' as const },
    ],
    xAxis: [along(0, false), along(1, true)],
    yAxis: [up(0), up(1)],
    series: [
      {
        type: 'line' as const,
        name: t('days.balance'),
        step: 'end' as const,
        showSymbol: days.length < 3,
        lineStyle: { color: ink, width: 2 },
        itemStyle: { color: ink },
        areaStyle: { color: ink, opacity: 0.08 },
        data: days.map((day) => place(day.closingFen)),
      },
      bar(t('days.in'), (day) => place(day.inFen), accent),
      bar(t('days.out'), (day) => -place(day.outFen), warn),
    ],
  };
}

const told = (day: Day, t: Translate): string =>
  [day.day, `${t('days.in')} ${yuan(day.inFen)}`, `${t('days.out')} ${yuan(day.outFen)}`, `${t('days.balance')} ${yuan(day.closingFen)}`].join('\n');
